import type { LucideIcon } from 'lucide-react';
import type { ReactElement, RefObject } from 'react';
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover, Separator } from 'react-aria-components';

/** One thing that a menu does, or a line between two. */
export type MenuEntry =
  | {
      readonly id: string;
      readonly label: string;
      readonly icon?: LucideIcon;
      readonly shortcut?: string;
      readonly isDisabled?: boolean;
      readonly tone?: 'bad';
      readonly onAction: () => void;
    }
  | 'line';

function Entries({ label, entries, onClose }: { label: string; entries: readonly MenuEntry[]; onClose?: () => void }) {
  return (
    <AriaMenu className="menu" aria-label={label} autoFocus="first" {...(onClose !== undefined && { onClose })}>
      {entries.map((entry, index) => {
        // Lines have no name of their own; their place is all that they are.
        if (entry === 'line') return <Separator key={`line-${index}`} className="menu-line" />;
        const { id, icon: Icon, shortcut, tone, isDisabled = false } = entry;
        return (
          <MenuItem
            key={id}
            id={id}
            textValue={entry.label}
            className="menu-item"
            data-tone={tone}
            isDisabled={isDisabled}
            onAction={entry.onAction}
          >
            {Icon === undefined ? null : <Icon className="icon" aria-hidden />}
            <span>{entry.label}</span>
            {shortcut === undefined ? null : <kbd>{shortcut}</kbd>}
          </MenuItem>
        );
      })}
    </AriaMenu>
  );
}

/** A button with the menu that it opens. */
export function MenuButton({
  label,
  entries,
  children,
}: {
  readonly label: string;
  readonly entries: readonly MenuEntry[];
  /** The button. */
  readonly children: ReactElement;
}) {
  return (
    <MenuTrigger>
      {children}
      <Popover className="popover" placement="bottom end" offset={4}>
        <Entries label={label} entries={entries} />
      </Popover>
    </MenuTrigger>
  );
}

/** A menu beside an element that is no button: a row, or the place of a right click. */
export function ContextMenu({
  label,
  entries,
  anchor,
  onClose,
}: {
  readonly label: string;
  readonly entries: readonly MenuEntry[];
  readonly anchor: RefObject<Element | null>;
  readonly onClose: () => void;
}) {
  return (
    <Popover
      className="popover"
      triggerRef={anchor}
      isOpen
      placement="bottom start"
      offset={0}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Entries label={label} entries={entries} onClose={onClose} />
    </Popover>
  );
}
