/** @file The data sets that can be loaded by name: where they come from, on which terms, and how to recognise them. */

/** A file of a data set and how to tell that it is the official one: sha256 of its bytes, or its git blob id. */
export interface KnownFile {
  readonly name: string
  readonly sha256?: string
  readonly gitBlob?: string
}

/** One download that holds all files: a zip, or the only file itself. */
export interface KnownDownload {
  readonly url: string
  /** Last part of the URL. */
  readonly file: string
  readonly md5: string
}

export interface KnownDataset {
  readonly name: string
  readonly title: string
  /** `real` is read from files, `generated` needs none. */
  readonly kind: 'real' | 'generated'
  /** The terms in one sentence; the full text is at `page`. */
  readonly licence: string
  readonly page?: string
  /** Folder with the files, inside the data folder or the cache; `real` only. */
  readonly folder?: string
  readonly files: readonly KnownFile[]
  readonly download?: KnownDownload
  /** Why there is no download: the data is withdrawn. */
  readonly withdrawn?: string
  /** Why there is no download: the files are made from what `page` offers, and how. */
  readonly derived?: string
  /** Exact counts of the complete files as loaded, before any filter. */
  readonly counts?: { readonly users: number; readonly items: number; readonly interactions: number }
}

const MOVIELENS_LICENCE =
  'research use only: no redistribution, no commercial use without permission, and the GroupLens group must be ' +
  'acknowledged in publications'

/** Every data set of `loadDataset` except `csv`, the default first. */
export const knownDatasets: readonly KnownDataset[] = [
  {
    name: 'synthetic',
    title: 'Synthetic users and items of the size of MovieLens 100K, with a planted gender leak',
    kind: 'generated',
    licence: 'Apache-2.0, like the code that generates it',
    files: [],
  },
  {
    name: 'ml-100k',
    title: 'MovieLens 100K',
    kind: 'real',
    licence: MOVIELENS_LICENCE,
    page: 'https://grouplens.org/datasets/movielens/100k/',
    folder: 'ml-100k',
    files: [
      { name: 'u.data', sha256: '06416e597f82b7342361e41163890c81036900f418ad91315590814211dca490' },
      { name: 'u.user', sha256: 'f120e114da2e8cf314fd28f99417c94ae9ddf1cb6db8ce0e4b5995d40e90e62c' },
      { name: 'u.item', sha256: '553841ebc7de3a0fd0d6b62a204ea30c1e651aacfb2814c7a6584ac52f2c5701' },
    ],
    download: {
      url: 'https://files.grouplens.org/datasets/movielens/ml-100k.zip',
      file: 'ml-100k.zip',
      md5: '0e33842e24a9c977be4e0107933c0723',
    },
    counts: { users: 943, items: 1682, interactions: 100_000 },
  },
  {
    name: 'ml-1m',
    title: 'MovieLens 1M',
    kind: 'real',
    licence: MOVIELENS_LICENCE,
    page: 'https://grouplens.org/datasets/movielens/1m/',
    folder: 'ml-1m',
    files: [
      { name: 'ratings.dat', gitBlob: '77a7c4b150f588c23bb9e1f068aa996c0b413695' },
      { name: 'users.dat', sha256: '1dc3a95300cb19f7c10e027daf29b8cdf1d908dab65b5edfb45950aa389a10a3' },
      { name: 'movies.dat', sha256: '0140fc2356357c1a851d0f52e893a1e4d3696df632c4141cea8d5bc3d621f0b9' },
    ],
    download: {
      url: 'https://files.grouplens.org/datasets/movielens/ml-1m.zip',
      file: 'ml-1m.zip',
      md5: 'c4d9eecfca2ab87c1945afe126590906',
    },
    counts: { users: 6040, items: 3706, interactions: 1_000_209 },
  },
  {
    name: 'lastfm',
    title: 'Last.fm, 15,000 listeners (Ledolter, Data Mining and Business Analytics with R)',
    kind: 'real',
    licence: 'no licence is stated; derived from Last.fm, whose terms allow non-commercial use only',
    page: 'https://www.biz.uiowa.edu/faculty/jledolter/DataMining/',
    folder: 'lastfm-15k',
    files: [{ name: 'lastfm.csv', sha256: 'a41eae8c4dc6d14933fc0b6298b112b4225e89f8d0012ae9de3e5fb0780c4115' }],
    download: {
      url: 'https://www.biz.uiowa.edu/faculty/jledolter/DataMining/lastfm.csv',
      file: 'lastfm.csv',
      md5: '9bd37d6e611cbbb86b73e6e51b03a3df',
    },
    counts: { users: 15_000, items: 1004, interactions: 289_953 },
  },
  {
    name: 'lfm-2b',
    title: 'LFM-2b, the gender fairness subset of 100,000 tracks (Melchiorre et al. 2021)',
    kind: 'real',
    licence: 'derived from Last.fm, non-commercial research use only',
    page: 'https://www.cp.jku.at/datasets/LFM-2b/',
    folder: 'lfm-2b',
    files: [
      { name: 'sampled_100000_items_inter.txt' },
      { name: 'sampled_100000_items_demo.txt' },
      { name: 'sampled_100000_items_tracks.txt' },
    ],
    withdrawn:
      'it was withdrawn from public access for licence reasons; lfm-2b-synthetic is a generated twin with its ' +
      'published statistics',
  },
  {
    name: 'oulad',
    title: 'Open University Learning Analytics Dataset (Kuzilek, Hlosta, Zdrahal 2017): who handed in which assessment',
    kind: 'real',
    licence: 'CC BY 4.0: name its authors',
    page: 'https://analyse.kmi.open.ac.uk/open_dataset',
    folder: 'oulad',
    files: [
      { name: 'interactions.csv', sha256: 'a7e0bc5183e9c44a08323262fa36cd6fc70404acab20623f370898c5581339d5' },
      { name: 'users.csv', sha256: '2342e61570a51e686087dc77cf0631041a1c961edf7c0e52c1f6edb37c350527' },
    ],
    derived:
      'its two files are made from the official ones. interactions.csv has the columns user and item: ' +
      'id_student, and "a" with ' +
      'id_assessment, of every row of studentAssessment.csv. users.csv has user, gender, age_band, disability, ' +
      'region and ' +
      'highest_education of studentInfo.csv, one row a student',
    counts: { users: 23_369, items: 188, interactions: 173_912 },
  },
  {
    name: 'lfm-2b-synthetic',
    title: 'Generated twin of the LFM-2b subset: its users, items, interactions and degree distributions',
    kind: 'generated',
    licence: 'Apache-2.0, like the code that generates it',
    files: [],
  },
]

/** The known data set of that name, if there is one. */
export function knownDataset(name: string): KnownDataset | undefined {
  return knownDatasets.find((known) => known.name === name)
}
