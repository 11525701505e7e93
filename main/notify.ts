import { Notification } from 'electron';

/** Held until they are gone: what is shown and not held may be collected before it is clicked. */
const shown = new Set<Notification>();

/** Shows a notification of the system, where there is such a thing. */
export function notify(title: string, body: string, onClick: () => void): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title, body });
  shown.add(notification);
  notification.on('click', () => {
    shown.delete(notification);
    onClick();
  });
  notification.on('close', () => shown.delete(notification));
  notification.show();
}
