import type { LucideIcon } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import {
  Button as AriaButton,
  Tooltip,
  TooltipTrigger,
  type ButtonProps as AriaButtonProps,
} from 'react-aria-components';

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'children'> {
  readonly variant?: 'plain' | 'primary' | 'quiet' | 'danger';
  readonly size?: 'usual' | 'large';
  readonly icon?: LucideIcon;
  readonly children?: ReactNode;
}

/** A button. The primary one is there once in a view at most. */
export function Button({ variant = 'plain', size = 'usual', icon: Icon, children, ...props }: ButtonProps) {
  const focus = useKeptFocus(props);
  return (
    <AriaButton {...props} {...focus} className="button" data-variant={variant} data-size={size}>
      {Icon === undefined ? null : <Icon className="icon" aria-hidden />}
      {children}
    </AriaButton>
  );
}

export interface IconButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'children' | 'aria-label'> {
  readonly icon: LucideIcon;
  /** What it does: its name for screen readers, and shown when it is pointed at. */
  readonly label: string;
}

export function IconButton({ icon: Icon, label, ...props }: IconButtonProps) {
  const focus = useKeptFocus(props);
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      <AriaButton {...props} {...focus} className="button" data-variant="quiet" data-icon-only="" aria-label={label}>
        <Icon className="icon" aria-hidden />
      </AriaButton>
      <Tooltip className="tooltip" offset={4}>
        {label}
      </Tooltip>
    </TooltipTrigger>
  );
}

/**
 * A button that can not be pressed any more while it has the focus, since it was just pressed say, keeps it: it would go to
 * nowhere, and the keyboard with it. React Aria's `isPending` would do so too, but announces each such button.
 */
function useKeptFocus({ isDisabled = false, onFocusChange }: Pick<AriaButtonProps, 'isDisabled' | 'onFocusChange'>) {
  const [isFocused, setFocused] = useState(false);
  // A press that began before still counts: leaving a field by it may be what sets off the work.
  const [isPressed, setPressed] = useState(false);
  const isHeld = isDisabled && isFocused && !isPressed;
  return {
    isDisabled: isDisabled && !isFocused,
    ...(isHeld && { 'aria-disabled': true, type: 'button' as const, onPress: doNothing }),
    onPressChange: (now: boolean) => setPressed(now && !isHeld),
    onFocusChange: (now: boolean) => {
      setFocused(now);
      onFocusChange?.(now);
    },
  };
}

function doNothing(): void {}

/** A button that looks like a link in a text. */
export function LinkButton({ children, ...props }: Omit<AriaButtonProps, 'className' | 'style'>) {
  return (
    <AriaButton {...props} className="link">
      {children}
    </AriaButton>
  );
}
