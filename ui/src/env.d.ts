declare module '@fontsource-variable/inter/opsz.css'
declare module '*.css'
