import type { FormEvent, ReactNode } from "react";

import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { ProblemNote } from "./Note";

interface FormDialogProps {
  title: string;
  description: string;
  /** What the button that sends says. */
  send: string;
  /** What the button that closes says. */
  keep?: string;
  danger?: boolean;
  /** Nothing can be sent yet. */
  disabled?: boolean;
  /** The state of what is sent. */
  sending: { error: Error | null; isPending: boolean };
  onSend: () => void;
  onClose: () => void;
  /** The fields. */
  children: ReactNode;
}

/** A dialog that asks for something and sends it; what was refused is said above the fields. */
export function FormDialog({ title, description, send, keep = "Cancel", danger = false, disabled = false, sending, onSend, onClose, children }: FormDialogProps) {
  const submitted = (event: FormEvent): void => {
    event.preventDefault();
    onSend();
  };
  return (
    <Dialog open onClose={onClose} title={title} description={description}>
      <form onSubmit={submitted} noValidate className="space-y-4">
        {sending.error !== null && <ProblemNote error={sending.error} />}
        {children}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{keep}</Button>
          <Button type="submit" look={danger ? "danger" : "primary"} disabled={disabled} busy={sending.isPending}>
            {send}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
