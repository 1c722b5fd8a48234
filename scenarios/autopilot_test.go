package scenarios_test

import "testing"

func TestAPhoneActsByItselfByRulesOnAmountAndReference(t *testing.T) {
	t.Parallel()
	passes(t, play(t, `
  - phone:
      number: "4712345678"
      autopilot:
        mode: approve
        delay: 10s
        rules:
          - {amount: {is: 9900}, mode: decline}
          - {reference: "slow-*", mode: approve, delay: 1m}
          - {reference: "poor-*", mode: ignore}
  - each:
      - {order: usual-0001, amount: 25000, state: AUTHORIZED}
      - {order: dear-00001, amount: 9900, state: ABORTED}
      - {order: slow-00001, amount: 25000, state: CREATED}
      - {order: poor-00001, amount: 25000, state: CREATED}
    steps:
      - create: {reference: "${row.order}", amount: "${amount}", phone: "4712345678"}
      - identify
      - advance: 11s
      - expect: payment(row.order).state == state
  - advance: 1m
  - expect: payment("slow-00001").state == "AUTHORIZED" && payment("poor-00001").state == "CREATED"
`))
}
