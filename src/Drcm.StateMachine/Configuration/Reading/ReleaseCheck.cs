namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>Says where a takeover will wait for fencing (OWNERSHIP O19): an exclusive resource whose stop may take its time, and nothing that
/// ends the host when it fails.</summary>
internal static class ReleaseCheck
{
    public static void Check(ClusterDefinition definition, ResourceRows rows, DiagnosticBag bag)
    {
        foreach (var resource in definition.Resources)
        {
            if (ReleaseRules.BudgetOf(resource, definition.SelfFence) != ReleaseRules.Unbounded) continue;
            var missing = definition.Nodes.Where(n => n.Fence is null && ReleaseRules.MayRun(n, resource.Id)).Select(n => n.Id).ToArray();
            if (missing.Length == 0) continue;
            if (rows.Rows.FirstOrDefault(r => r.Id == resource.Id) is not { } row) continue;
            bag.Warn(row.At,
                $"{resource.Id} is exclusive, and nothing makes sure that a node which is cut off has stopped it: when its owner goes down, its takeover waits for fencing",
                $"set self_fence = watchdog or sysrq, or fence for {string.Join(", ", missing)}; else confirm by hand that the node is off");
        }
    }
}
