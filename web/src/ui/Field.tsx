import { type ComponentProps, type ReactNode, useId } from "react";

import { cx } from "./cx";

const BOX =
  "w-full rounded-md border border-line-strong bg-surface px-2.5 text-sm text-text shadow-flat placeholder:text-faint aria-invalid:border-failed-line disabled:bg-sunken disabled:text-muted";

export const INPUT = cx(BOX, "h-8.5 max-lg:h-10 max-lg:text-lg");

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  /** Draws the control with the attributes that tie it to label, hint and error. */
  children: (attributes: { id: string; "aria-describedby": string | undefined; "aria-invalid": true | undefined }) => ReactNode;
}

export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const described = error !== undefined ? `${id}-error` : hint !== undefined ? `${id}-hint` : undefined;
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      {children({ id, "aria-describedby": described, "aria-invalid": error !== undefined || undefined })}
      {error !== undefined ? (
        <p id={`${id}-error`} className="mt-1 text-xs text-failed">
          {error}
        </p>
      ) : (
        hint !== undefined && (
          <p id={`${id}-hint`} className="mt-1 text-xs text-muted">
            {hint}
          </p>
        )
      )}
    </div>
  );
}

type TextFieldProps = Omit<ComponentProps<"input">, "children"> & Pick<FieldProps, "label" | "hint" | "error"> & { mono?: boolean };

export function TextField({ label, hint, error, mono = false, className, ...rest }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(attributes) => <input {...rest} {...attributes} className={cx(INPUT, mono && "font-mono", className)} />}
    </Field>
  );
}

type SelectFieldProps = ComponentProps<"select"> & Pick<FieldProps, "label" | "hint" | "error">;

export function SelectField({ label, hint, error, children, className, ...rest }: SelectFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(attributes) => (
        <select {...rest} {...attributes} className={cx(INPUT, "pr-8", className)}>
          {children}
        </select>
      )}
    </Field>
  );
}
