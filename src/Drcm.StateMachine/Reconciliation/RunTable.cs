using System.Collections.Immutable;
using Drcm.StateMachine.Configuration;

namespace Drcm.StateMachine.Reconciliation;

/// <summary>What runs, or may run, on this node: kept in the run directory so that a restarted daemon adopts it (O9).
/// Belongs to one boot: another boot id voids it.</summary>
public sealed record RunTable(ImmutableArray<RunEntry> Entries)
{
    public static RunTable Empty { get; } = new([]);
}

/// <param name="Slot">The slot on whose behalf it was started.</param>
/// <param name="IsSettled">True: the start had succeeded and no stop had begun. False: the daemon ended in the middle.</param>
/// <param name="Definition">How to stop it. It may have left the configuration since, and a log that begins with a snapshot no longer tells; null: not kept.</param>
public readonly record struct RunEntry(SlotId Slot, LogIndex Token, bool IsSettled, ResourceDefinition? Definition = null);
