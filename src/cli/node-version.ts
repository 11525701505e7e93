/** Imported before anything else: an old Node would fail later, in words that name no remedy. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 22)) {
  process.stderr.write(
    `error: RustFS Sync needs Node 22.22 or later, and this is Node ${process.versions.node}.\n  Install a current Node from https://nodejs.org, or run it with npm inside the project, which brings its own.\n`,
  );
  process.exit(1);
}
