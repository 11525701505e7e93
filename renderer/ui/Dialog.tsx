import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Form, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useText } from '../i18n/index.ts';
import { IconButton } from './Button.tsx';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly footer?: ReactNode;
  readonly size?: 'usual' | 'wide' | 'large';
  /** For what destroys something. */
  readonly isAlert?: boolean;
  /** What Enter does; the footer's submit button does it too. */
  readonly onSubmit?: () => void;
  /** Work is under way that a stray click must not hide. */
  readonly isBusy?: boolean;
}

/** A dialog over the window; Escape and a click beside it close it. */
export function Dialog({ title, onClose, children, footer, size, isAlert, onSubmit, isBusy = false }: DialogProps) {
  const t = useText();
  const content = (
    <>
      <div className="body">{children}</div>
      {footer === undefined ? null : <footer>{footer}</footer>}
    </>
  );
  return (
    <ModalOverlay
      className="scrim"
      isOpen
      isDismissable={!isBusy}
      isKeyboardDismissDisabled={isBusy}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Modal className="modal" data-size={size ?? 'usual'}>
        <AriaDialog className="dialog" role={isAlert === true ? 'alertdialog' : 'dialog'}>
          <header>
            <Heading slot="title">{title}</Heading>
            <IconButton icon={X} label={t('common.close')} onPress={onClose} isDisabled={isBusy} />
          </header>
          {onSubmit === undefined ? (
            content
          ) : (
            <Form
              onSubmit={(event) => {
                event.preventDefault();
                onSubmit();
              }}
            >
              {content}
            </Form>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
