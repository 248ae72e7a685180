using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>Old failures are forgotten, so that a node gets another chance.</summary>
internal static class ExpireFailures
{
    public static void Run(Plan plan, LeaderView view)
    {
        foreach (var (id, node) in view.ExpiredFailures)
        {
            if (!plan.State.Slots.TryGetValue(id, out var slot)) continue;
            if (!slot.Failures.TryGetValue(node, out var count)) continue;
            plan.Emit(
                new FailuresCleared(id, node), $"{Sentences.Failures(count)} of {id} on {node} lie long enough back: forgotten");
        }
    }
}
