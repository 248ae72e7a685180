using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Cluster;

/// <summary>O22: accept both, send the new key, retire the old one, each step after all live nodes have confirmed the one before. A node that is up and
/// has not confirmed would be shut out by the next step, so Apply refuses it whatever the proposer thought.</summary>
internal static class KeyRotations
{
    public static Outcome Advanced(ClusterState state, EventContext context, KeyRotationAdvanced e)
    {
        if (WhyNot(state, e.Step, e.Fingerprint) is { } why) return Outcome.None(state, why);
        if (Unconfirmed(state, e) is { } node) return Outcome.None(state, $"{node} is up and has not confirmed the step before");
        return Outcome.Effective(state with
        {
            KeyRotation = e.Step == KeyStep.Done ? null : new KeyRotation(e.Fingerprint, e.Step, context.Index),
        });
    }

    /// <summary>Null: this is the step that follows.</summary>
    public static string? WhyNot(ClusterState state, KeyStep step, string fingerprint)
    {
        var current = state.KeyRotation;
        if (current is not null && current.Fingerprint != fingerprint) return $"a rotation to the key SHA256:{current.Fingerprint} is under way";
        var next = current is null ? KeyStep.AcceptBoth : current.Step + 1;
        return step == next ? null : $"the next step of the rotation is {next}, not {step}";
    }

    private static NodeId? Unconfirmed(ClusterState state, KeyRotationAdvanced e)
    {
        foreach (var node in state.Nodes.Values)
        {
            if (node.Status == NodeStatus.Up && !e.ConfirmedBy.Contains(node.Id)) return node.Id;
        }
        return null;
    }
}
