export { errorText, probeText, warningText, type ErrorText, type Told } from './error-text.ts';
export {
  copiedNotice,
  failedNotice,
  notCopiedNotice,
  UPLOAD_WORTH_TELLING_MS,
  uploadingNotice,
  type Notice,
} from './right-click.ts';
export { languageOf, told, toldText, type Language } from './told.ts';
