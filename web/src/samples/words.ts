import type { Key } from '../i18n/i18n'
import type { Category } from './samples_api'

/** What each kind of product is called. */
export const categoryWords: Record<Category, Key> = {
  food: 'samples.category.food',
  drug: 'samples.category.drug',
  device: 'samples.category.device',
  fuel: 'samples.category.fuel',
  coal: 'samples.category.coal',
}

/** What is done by each step, as the word on its button. */
export const stepWords: Partial<Record<string, Key>> = {
  deliver: 'samples.step.deliver',
  receive: 'samples.step.receive',
  refuse: 'samples.step.refuse',
  offer: 'samples.step.offer',
  accept: 'samples.step.accept',
  decline: 'samples.step.decline',
  break_seal: 'samples.step.break_seal',
  enter_results: 'samples.step.enter_results',
  correct: 'samples.step.correct',
  compile: 'samples.step.compile',
  review: 'samples.step.review',
  return: 'samples.step.return',
  approve: 'samples.step.approve',
  reopen: 'samples.step.reopen',
}

/** What happened to a sample, by the kind of the event. */
export const eventWords: Partial<Record<string, Key>> = {
  'sample.registered': 'samples.event.registered',
  'sample.delivered': 'samples.event.delivered',
  'sample.received': 'samples.event.received',
  'sample.refused': 'samples.event.refused',
  'handover.offered': 'samples.event.offered',
  'handover.accepted': 'samples.event.accepted',
  'handover.declined': 'samples.event.declined',
  'seal.broken': 'samples.event.seal_broken',
  'result.entered': 'samples.event.result_entered',
  'result.corrected': 'samples.event.result_corrected',
  'report.compiled': 'samples.event.compiled',
  'report.reviewed': 'samples.event.reviewed',
  'report.returned': 'samples.event.returned',
  'report.approved': 'samples.event.approved',
  'report.reopened': 'samples.event.reopened',
  'document.issued': 'samples.event.issued',
  'document.finished': 'samples.event.finished',
  'document.revoked': 'samples.event.revoked',
}

/** Why portions change hands. */
export const purposeWords: Record<string, Key> = {
  delivery: 'samples.purpose.delivery',
  analysis: 'samples.purpose.analysis',
  return: 'samples.purpose.return',
  storage: 'samples.purpose.storage',
}

/** What a portion is for. */
export const portionWords: Record<'test' | 'reserve', Key> = {
  test: 'samples.portion.test',
  reserve: 'samples.portion.reserve',
}
