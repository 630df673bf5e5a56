import { cx } from "./cx";

export interface Choice {
  value: string;
  label: string;
}

/** A few values, one of which is chosen; "" stands for all. */
export function Choices({ label, choices, value, onChange }: { label: string; choices: readonly Choice[]; value: string; onChange: (value: string) => void }) {
  return (
    <div role="group" aria-label={label} className="flex w-fit max-w-full overflow-x-auto rounded-md border bg-sunken p-0.5">
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          onClick={() => onChange(choice.value)}
          className={cx(
            "h-7 shrink-0 rounded-sm px-2.5 text-xs max-lg:h-9",
            choice.value === value ? "bg-surface font-medium text-text shadow-flat" : "text-muted hover:text-text",
          )}
        >
          {choice.label}
        </button>
      ))}
    </div>
  );
}
