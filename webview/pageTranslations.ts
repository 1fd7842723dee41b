// Takes the translations that the extension wrote into the page. Imported before all else: modules word their constants when they load.

import { useTranslations } from './l10n';

const { content } = document.querySelector<HTMLMetaElement>('meta[name="translations"]')!;
useTranslations(JSON.parse(content));
