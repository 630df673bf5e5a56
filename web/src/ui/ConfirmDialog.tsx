import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { ProblemNote } from "./Note";

interface ConfirmDialogProps {
  title: string;
  description: string;
  /** What the button says. */
  confirm: string;
  busy: boolean;
  error: unknown;
  onClose: () => void;
  onConfirm: () => void;
}

export function ConfirmDialog({ title, description, confirm, busy, error, onClose, onConfirm }: ConfirmDialogProps) {
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      description={description}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" busy={busy} onClick={onConfirm}>
            {confirm}
          </Button>
        </>
      }
    >
      {error === null || error === undefined ? undefined : <ProblemNote error={error} />}
    </Dialog>
  );
}
