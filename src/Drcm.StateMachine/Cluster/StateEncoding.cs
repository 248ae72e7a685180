using System.Collections.Immutable;
using MessagePack;

namespace Drcm.StateMachine.Cluster;

/// <summary>The canonical encoding of a state: sorted, every field, nothing derived. Fields are added at the end of their array; <see cref="StateDecoding"/>
/// reads them back.</summary>
internal static class StateEncoding
{
    public const int FormatVersion = 2;
    public const int StateFields = 13;

    /// <summary>A rotation of the auth key is there only while one is under way.</summary>
    public const int StateFieldsWithRotation = 14;

    /// <summary>Records of crontabs are there only if there are any; a rotation before them is then written as nil if there is none.</summary>
    public const int StateFieldsWithCrontabs = 15;

    /// <summary>A pair is there only if it has ever mattered; what is missing before it is then written as nil.</summary>
    public const int StateFieldsWithPair = 16;
    public const int PairFields = 6;
    public const int CrontabFields = 5;

    /// <summary>What was made up for is there only if something was.</summary>
    public const int CrontabFieldsWithCatchUp = 6;
    public const int RotationFields = 3;
    public const int NodeFields = 13;
    public const int SlotFields = 14;

    /// <summary>A release budget is there only where S is not enough.</summary>
    public const int SlotFieldsWithBudget = 15;

    public static void Write(ref MessagePackWriter w, ClusterState state)
    {
        var hasCrontabs = state.Crontabs.Count > 0;
        w.WriteArrayHeader(state.Pair is not null ? StateFieldsWithPair
            : hasCrontabs ? StateFieldsWithCrontabs : state.KeyRotation is null ? StateFields : StateFieldsWithRotation);
        w.Write(FormatVersion);
        w.Write(state.Version.Value);
        w.Write(state.DefinitionText);
        w.Write(state.ConfiguredAt.Value);
        w.Write(state.InMaintenance);
        w.WriteArrayHeader(state.Nodes.Count);
        foreach (var node in state.Nodes.Values) Write(ref w, node);
        w.WriteArrayHeader(state.Slots.Count);
        foreach (var slot in state.Slots.Values) Write(ref w, slot);
        w.Write(state.ConfigurationFile);
        w.WriteArrayHeader(state.Voters.Count);
        foreach (var voter in state.Voters) w.Write(voter.Value);
        w.Write(state.VotersAt.Value);
        w.Write(state.FormerTiming?.Lease.Ticks ?? 0);
        w.Write(state.FormerTiming?.DeadAfter.Ticks ?? 0);
        w.Write(state.TimingAt.Value);
        if (state.KeyRotation is { } rotation) Write(ref w, rotation);
        else if (hasCrontabs || state.Pair is not null) w.WriteNil();
        if (hasCrontabs) Write(ref w, state.Crontabs);
        else if (state.Pair is not null) w.WriteNil();
        if (state.Pair is { } pair) Write(ref w, pair);
    }

    private static void Write(ref MessagePackWriter w, ImmutableSortedDictionary<SlotId, CrontabRecord> crontabs)
    {
        w.WriteArrayHeader(crontabs.Count);
        foreach (var (slot, record) in crontabs)
        {
            var hasCaughtUp = record.CaughtUpAt > LogIndex.None;
            w.WriteArrayHeader(hasCaughtUp ? CrontabFieldsWithCatchUp : CrontabFields);
            w.Write(slot.Resource.Nickname);
            w.Write(slot.Home.Value);
            w.Write(record.ReleasedAt.UtcTicks);
            w.Write(record.MissedAt.Value);
            w.Write(record.InterruptedAt.Value);
            if (hasCaughtUp) w.Write(record.CaughtUpAt.Value);
        }
    }

    private static void Write(ref MessagePackWriter w, PairState pair)
    {
        w.WriteArrayHeader(PairFields);
        w.Write(pair.Generation.Number);
        w.Write(pair.Generation.Owner.Value);
        w.Write(pair.Generation.By.Value);
        w.Write(pair.IsSolo);
        w.Write(pair.IsTold);
        w.Write(pair.ArmedAt.Value);
    }

    private static void Write(ref MessagePackWriter w, KeyRotation rotation)
    {
        w.WriteArrayHeader(RotationFields);
        w.Write(rotation.Fingerprint);
        w.Write((int)rotation.Step);
        w.Write(rotation.Since.Value);
    }

    private static void Write(ref MessagePackWriter w, NodeState node)
    {
        w.WriteArrayHeader(NodeFields);
        w.Write(node.Id.Value);
        w.Write((int)node.Status);
        w.Write(node.Incarnation.Value);
        w.Write(node.BootId);
        w.Write(node.StartedAt.Value);
        w.Write(node.Epoch.Value);
        w.Write(node.Round.Value);
        w.Write(node.DownAt.Value);
        w.Write((int)node.Standby);
        w.Write(node.Since.UtcTicks);
        w.Write(node.Reason);
        w.Write(node.Identity);
        w.Write(node.IsReplaced);
    }

    private static void Write(ref MessagePackWriter w, SlotState slot)
    {
        w.WriteArrayHeader(slot.ReleaseBudget == TimeSpan.Zero ? SlotFields : SlotFieldsWithBudget);
        w.Write(slot.Id.Resource.Kind.Word());
        w.Write(slot.Id.Resource.Nickname);
        w.Write(slot.Id.Home.Value);
        w.Write((int)slot.Phase);
        w.Write(slot.Owner?.Value);
        w.Write(slot.Token.Value);
        w.Write(slot.HeldIdentity);
        w.Write(slot.MoveTarget?.Value);
        w.Write(slot.IsRetired);
        w.WriteMapHeader(slot.Failures.Count);
        foreach (var (node, count) in slot.Failures)
        {
            w.Write(node.Value);
            w.Write(count);
        }
        w.Write(slot.FailuresCounted);
        w.Write(slot.LastFailure);
        w.Write(slot.Since.UtcTicks);
        w.Write(slot.Reason);
        if (slot.ReleaseBudget != TimeSpan.Zero) w.Write(slot.ReleaseBudget.Ticks);
    }
}
