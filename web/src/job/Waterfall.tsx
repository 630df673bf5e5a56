import { attemptsOf, marks, placed, type Step } from "./steps";
import { duration } from "@/text/time";
import { cx } from "@/ui/cx";
import { INK, SOLID } from "@/ui/Tone";

/** The steps under one time axis; a row says what, how long and, where an attempt failed, why. */
export function Waterfall({ steps, end }: { steps: readonly Step[]; end: number }) {
  const start = steps[0]?.from ?? end;
  const whole = Math.max(end - start, 1);
  const several = attemptsOf(steps) > 1;
  return (
    <div className="text-sm">
      <div aria-hidden className="numbers flex h-8 items-end border-b text-2xs text-faint max-sm:hidden">
        <span className="w-76 shrink-0" />
        <div className="relative mr-4 h-full flex-1">
          {marks(whole).map((mark) => (
            <span key={mark} style={{ left: `${(mark / whole) * 100}%` }} className="absolute bottom-1 -translate-x-1/2 whitespace-nowrap first:translate-x-0">
              {duration(mark)}
            </span>
          ))}
        </div>
      </div>
      <ol aria-label="Steps" className="divide-y">
        {steps.map((step, index) => (
          <Row key={step.key} step={step} start={start} end={start + whole} heading={several && steps[index - 1]?.attempt !== step.attempt} />
        ))}
      </ol>
    </div>
  );
}

function Row({ step, start, end, heading }: { step: Step; start: number; end: number; heading: boolean }) {
  const { left, width } = placed(step, start, end);
  const running = step.to === undefined;
  const lasted = duration((step.to ?? end) - step.from);
  return (
    <li>
      {heading && <p className="bg-sunken px-4 py-1 text-2xs font-medium tracking-wide text-muted uppercase">Attempt {step.attempt}</p>}
      <div className="flex items-center max-sm:flex-col max-sm:items-stretch max-sm:gap-1.5 max-sm:px-4 max-sm:py-2.5 sm:min-h-12">
        <div className="flex min-w-0 shrink-0 items-center gap-2.5 sm:w-76 sm:py-2 sm:pr-3 sm:pl-4">
          <span aria-hidden className={cx("size-2 shrink-0 rounded-full", SOLID[step.tone], running && "animate-pulse")} />
          <div className="min-w-0 flex-1">
            <p className="truncate font-medium">{step.label}</p>
            <p className={cx("line-clamp-2 text-xs", step.reason === undefined ? "text-muted" : INK.failed)} title={step.reason ?? step.message}>
              {step.reason ?? step.message}
            </p>
          </div>
          <span className="numbers shrink-0 text-xs text-muted">{lasted}</span>
        </div>
        <div aria-hidden className="relative h-6 sm:mr-4 sm:flex-1">
          <span className="absolute inset-x-0 top-1/2 h-px bg-line" />
          <span
            style={{ left: `${left * 100}%`, width: `${width * 100}%` }}
            className={cx("absolute top-1/2 h-3 min-w-1 -translate-y-1/2 rounded-sm transition-[width] duration-500", SOLID[step.tone], running && "at-work")}
          />
        </div>
      </div>
    </li>
  );
}
