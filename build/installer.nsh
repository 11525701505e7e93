; The app puts a verb into the Explorer's menu (src/desktop/windows.ts); whoever uninstalls it wants that gone too.
!macro customUnInstall
  DeleteRegKey HKCU "Software\Classes\AllFilesystemObjects\shell\RustFSSync.CopyLink"
!macroend
