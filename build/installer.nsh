; What the app put into the person's part of the registry: the verb of the Explorer's menu (src/desktop/windows.ts), the
; handler of its links (main/lifecycle.ts) and the start at login (main/login-item.ts). An update runs the uninstaller of
; the version before it, and keeps them.
!macro customUnInstall
  ${ifNot} ${isUpdated}
    DeleteRegKey HKCU "Software\Classes\AllFilesystemObjects\shell\RustFSSync.CopyLink"
    DeleteRegKey HKCU "Software\Classes\rustfs-sync"
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "com.rustfs.sync"
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run" "com.rustfs.sync"
  ${endIf}
!macroend
