import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { SecretNote } from "./SecretNote";

interface SecretDialogProps {
  title: string;
  description: string;
  note: string;
  value: string;
  /** What the value is, for screen readers. */
  name: string;
  onClose: () => void;
}

/** A dialog that hands over a secret, this once. */
export function SecretDialog({ title, description, note, value, name, onClose }: SecretDialogProps) {
  return (
    <Dialog open onClose={onClose} title={title} description={description} actions={<Button onClick={onClose}>Done</Button>}>
      <SecretNote title={note} value={value} name={name} />
    </Dialog>
  );
}
