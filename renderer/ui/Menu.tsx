import type { LucideIcon } from 'lucide-react';
import { useRef, type ReactElement, type RefObject } from 'react';
import {
  Menu as AriaMenu,
  MenuItem,
  MenuTrigger,
  Popover,
  Separator,
  Text,
  Tooltip,
  TooltipTrigger,
} from 'react-aria-components';

/** One thing that a menu does. */
export interface MenuAction {
  readonly id: string;
  readonly label: string;
  readonly icon?: LucideIcon;
  readonly shortcut?: string;
  readonly tone?: 'bad';
  /** Why it can not be done now, in a few words; undefined when it can. */
  readonly whyNot?: string | undefined;
  readonly onAction: () => void;
}

/** What a menu does, or a line between two. */
export type MenuEntry = MenuAction | 'line';

function Entries({ label, entries, onClose }: { label: string; entries: readonly MenuEntry[]; onClose?: () => void }) {
  return (
    <AriaMenu className="menu" aria-label={label} autoFocus="first" {...(onClose !== undefined && { onClose })}>
      {entries.map((entry, index) => {
        // Lines have no name of their own; their place is all that they are.
        if (entry === 'line') return <Separator key={`line-${index}`} className="menu-line" />;
        return <Entry key={entry.id} entry={entry} />;
      })}
    </AriaMenu>
  );
}

function Entry({ entry }: { readonly entry: MenuAction }) {
  const item = useRef<HTMLDivElement>(null);
  const { id, label, icon: Icon, shortcut, tone, whyNot, onAction } = entry;
  const does = whyNot === undefined ? { onAction } : WITHOUT_EFFECT;
  return (
    <MenuItem ref={item} id={id} textValue={label} className="menu-item" data-tone={tone} {...does}>
      {({ isFocused }) => (
        <>
          {Icon === undefined ? null : <Icon className="icon" aria-hidden />}
          <span>{label}</span>
          {shortcut === undefined ? null : <kbd>{shortcut}</kbd>}
          {whyNot === undefined ? null : (
            <>
              {/* Hidden, it is no part of the name, and describes the entry all the same. */}
              <Text slot="description" hidden>
                {whyNot}
              </Text>
              <TooltipTrigger isOpen={isFocused}>
                <Tooltip className="tooltip" triggerRef={item} placement="end" offset={10}>
                  {whyNot}
                </Tooltip>
              </TooltipTrigger>
            </>
          )}
        </>
      )}
    </MenuItem>
  );
}

/** Not `isDisabled`, which keeps the keyboard from the entry: nobody could come to it and learn why. */
const WITHOUT_EFFECT = {
  shouldCloseOnSelect: false,
  render: (props: object) => <div {...props} aria-disabled />,
};

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
      aria-label={label}
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
