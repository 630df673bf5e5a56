import * as Radix from "@radix-ui/react-dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";

import { useFocusBack } from "./useFocusBack";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  /** The buttons at its foot. */
  actions?: ReactNode;
  /** It has to be answered: Escape and a click beside it do nothing. */
  insists?: boolean;
}

export function Dialog({ open, onClose, title, description, children, actions, insists = false }: DialogProps) {
  const focusBack = useFocusBack();
  const hold = (event: Event): void => {
    if (insists) event.preventDefault();
  };
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fade-in fixed inset-0 z-40 bg-(--scrim)" />
        <Radix.Content
          onEscapeKeyDown={hold}
          onInteractOutside={hold}
          onCloseAutoFocus={focusBack}
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
          className="appear fixed inset-x-3 top-[12vh] z-50 mx-auto max-h-[80vh] max-w-md overflow-y-auto rounded-lg border bg-surface p-5 shadow-lifted"
        >
          <Radix.Title className="pr-8 text-lg font-semibold">{title}</Radix.Title>
          {description !== undefined && (
            <Radix.Description asChild>
              <div className="mt-1 text-sm text-muted">{description}</div>
            </Radix.Description>
          )}
          {children !== undefined && <div className="mt-4">{children}</div>}
          {actions !== undefined && <div className="mt-5 flex flex-wrap justify-end gap-2">{actions}</div>}
          {!insists && (
            <Radix.Close aria-label="Close" className="absolute top-4 right-4 grid size-7 place-items-center rounded-md text-muted hover:bg-hover hover:text-text">
              <X size={16} aria-hidden />
            </Radix.Close>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
