// What a person has the extension do with an output: another one in its place, a search for more, a file of it.

import { toHeadlightError } from '../src/model/errors';
import type { ExportChoice, PanelChoice, PanelOutput, PanelViewState, VariantRequest } from '../src/protocol/webview';
import { choiceOf, type TitledReading } from './detail';
import * as l10n from './l10n';
import { exportedPicture } from './mapTitles';
import type { PanelHost } from './panelHost';
import { placeOf } from './pulls';
import type { StepsView } from './stepsView';

/** An output that was added, and what the view changes to. */
export interface AddedVariant {
  readonly restore: unknown;
  readonly changes: Pick<PanelViewState, 'variantIndex' | 'compared'>;
}

export class OutputActions {
  private adding = new AbortController();
  private searching = new AbortController();

  constructor(
    private readonly host: PanelHost,
    private readonly steps: StepsView,
  ) {}

  /** Another sentence is shown: nobody waits any more for what was asked of the one before. */
  stop(): void {
    this.adding.abort();
    this.searching.abort();
  }

  /**
   * Adds an output and puts it beside the one that was shown; looking at another map meanwhile does no harm. Errors: those of the
   * extension; `cancelled` when it was stopped or another output is wanted.
   */
  async add(output: PanelOutput, view: PanelViewState, request: VariantRequest): Promise<AddedVariant> {
    this.adding.abort();
    this.adding = new AbortController();
    const { signal } = this.adding;
    const { variantIndex, restore } = await this.host.call('addVariant', { ...placeOf(output, view), request }, signal);
    const beside = variantIndex === view.variantIndex ? 0 : view.variantIndex;
    const compared: PanelChoice = { ...choiceOf(view), variantIndex: beside };
    return { restore, changes: { variantIndex, compared: beside === variantIndex ? undefined : compared } };
  }

  /** Shows the n-best list, or why there is none. */
  async search(output: PanelOutput, { segmentIndex }: PanelViewState): Promise<void> {
    this.searching.abort();
    this.searching = new AbortController();
    const { signal } = this.searching;
    this.steps.showHypotheses(undefined, l10n.t('Searching…'));
    try {
      const found = await this.host.call('hypotheses', { revision: output.revision, segmentIndex }, signal);
      this.steps.showHypotheses(found, found.length === 0 ? l10n.t('The search found nothing else.') : '');
    } catch (error) {
      if (!signal.aborted) this.steps.showHypotheses(undefined, toHeadlightError(error).message);
    }
  }

  /** Has what is shown written to a file that is chosen, or that the person is asked for. Errors: those of the extension. */
  async export(output: PanelOutput, view: PanelViewState, map: TitledReading, choice: ExportChoice): Promise<void> {
    await this.host.call('export', {
      ...placeOf(output, view),
      method: view.method,
      choice,
      picture: exportedPicture(map),
    });
  }
}
