interface Theme {
  dark: boolean
  colors: Record<string, string>
  variables: Record<string, string | number>
}

/** The values of tokens.css that Vuetify computes with. `theme.test.ts` holds the two together. */
const dark: Theme = {
  dark: true,
  colors: {
    background: '#0A0D12',
    surface: '#11161D',
    'surface-bright': '#242D39',
    'surface-light': '#1A212B',
    'surface-variant': '#242D39',
    'on-surface-variant': '#F3F6FA',
    'on-background': '#F3F6FA',
    'on-surface': '#F3F6FA',
    primary: '#5CB4FF',
    'on-primary': '#04111F',
    secondary: '#B7C1CE',
    error: '#FF7BDB',
    'on-error': '#331029',
    warning: '#FFB52E',
    'on-warning': '#201400',
    success: '#4FD6A0',
    info: '#5CB4FF',
    rec: '#FF5E6C',
    mark: '#BBA8FF',
    idle: '#9AA6B5',
    well: '#1B232D',
  },
  variables: { 'border-color': '#2B3441', 'border-opacity': 1, 'medium-emphasis-opacity': 1, 'disabled-opacity': 0.6 },
}

const light: Theme = {
  dark: false,
  colors: {
    background: '#EBEEF2',
    surface: '#FFFFFF',
    'surface-bright': '#FFFFFF',
    'surface-light': '#F3F5F8',
    'surface-variant': '#F3F5F8',
    'on-surface-variant': '#10161E',
    'on-background': '#10161E',
    'on-surface': '#10161E',
    primary: '#0B62B4',
    'on-primary': '#FFFFFF',
    secondary: '#3F4B5A',
    error: '#A3117A',
    'on-error': '#FFFFFF',
    warning: '#8A5200',
    'on-warning': '#FFFFFF',
    success: '#0B7350',
    info: '#0B62B4',
    rec: '#C4162A',
    mark: '#5B3FC4',
    idle: '#566273',
    well: '#1B232D',
  },
  variables: { 'border-color': '#D3D9E1', 'border-opacity': 1, 'medium-emphasis-opacity': 1, 'disabled-opacity': 0.6 },
}

export const themes = { dark, light }
