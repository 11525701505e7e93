/** What it takes to try the program without a server: a small S3 server that keeps nothing, and a folder of samples. */
export { sampleIn, type SampleLanguage } from './sample.ts';
export { freeSamplePath, makeSampleFolder, removeSampleFolder } from './sample-folder.ts';
export { startTrialServer, type TrialServer } from './server.ts';
