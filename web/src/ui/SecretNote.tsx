import { CopyId } from "./CopyId";
import { Note } from "./Note";

/** A secret that is shown this once. */
export function SecretNote({ title, value, name }: { title: string; value: string; name: string }) {
  return (
    <Note tone="waiting" title={title}>
      <div className="mt-1.5 rounded-md border bg-surface px-2.5 py-2">
        <CopyId value={value} name={name} />
      </div>
    </Note>
  );
}
