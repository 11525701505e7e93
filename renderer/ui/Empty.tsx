import { LoaderCircle, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

/** Where there is nothing to show: says why, and what to do next. */
export function Empty({
  icon: Icon,
  title,
  text,
  children,
}: {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className="empty">
      <Icon aria-hidden />
      <h2>{title}</h2>
      {text === undefined ? null : <p>{text}</p>}
      {children === undefined ? null : <div className="actions">{children}</div>}
    </div>
  );
}

/** Work that takes a moment, in words. */
export function Loading({ text }: { readonly text: string }) {
  return (
    <div className="loading" role="status">
      <LoaderCircle className="icon" aria-hidden />
      <span>{text}</span>
    </div>
  );
}

/** How much of something is done, from 0 to 1. */
export function Meter({ share, label }: { readonly share: number; readonly label: string }) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div
      className="meter"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <span style={{ inlineSize: `${percent}%` }} />
    </div>
  );
}
