import { mount } from '@vue/test-utils'
import { defineComponent, h, nextTick, ref } from 'vue'
import { expect, test } from 'vitest'
import { useVirtualRows, visibleRows } from './virtual-rows'

test.each([
  [0, 640, 10, { first: 0, end: 10 }],
  [0, 640, 10_000, { first: 0, end: 16 }],
  [6400, 640, 10_000, { first: 94, end: 116 }],
  [639_360, 640, 10_000, { first: 9984, end: 10_000 }],
  // The list has become shorter than where it was scrolled to.
  [639_360, 640, 3, { first: 3, end: 3 }],
  [0, 640, 0, { first: 0, end: 0 }],
])('scrolled to %i px of %i, of %i rows', (scrolled, height, rows, expected) => {
  expect(visibleRows(scrolled, height, 64, rows)).toEqual(expected)
})

test('a scroller that appears later is followed', async () => {
  const Late = defineComponent({
    props: { there: Boolean },
    setup(props) {
      const scroller = ref<HTMLElement>()
      const { shown } = useVirtualRows(scroller, () => 1000, 64)
      return () => (props.there ? h('div', { ref: scroller }, String(shown.value.first)) : undefined)
    },
  })
  const wrapper = mount(Late, { props: { there: false } })
  await wrapper.setProps({ there: true })
  wrapper.element.scrollTop = 6400
  wrapper.element.dispatchEvent(new Event('scroll'))
  await nextTick()
  expect(wrapper.text()).toBe('94')
})
