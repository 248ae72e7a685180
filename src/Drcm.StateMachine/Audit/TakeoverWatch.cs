using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Audit;

/// <summary>Counts how long slots are without an owner that runs them, by the committed events and this node's own clock; the clocks of other nodes do not matter. For
/// metrics: no decision reads it. Pure; single-threaded.</summary>
public sealed class TakeoverWatch
{
    private readonly record struct Loss(AuditCause Cause, NodeId From, TimeSpan Since);

    /// <summary>Bounded by the slots of the state.</summary>
    private readonly Dictionary<SlotId, Loss> _losses = [];
    private ClusterState _before = ClusterState.Empty;

    /// <summary>The projection jumped, or what follows is history: what is under way is not told.</summary>
    public void Skip(ClusterState state)
    {
        _before = state;
        _losses.Clear();
    }

    /// <summary>One committed entry.</summary>
    /// <param name="state">What came of it.</param>
    /// <param name="heardAgo">Since the newest keep-alive of a node; null: never heard.</param>
    /// <returns>What ended with it.</returns>
    public ImmutableArray<Move> Applied(TimeSpan now, ClusterState state, ImmutableArray<AppliedEvent> events, Func<NodeId, TimeSpan?> heardAgo)
    {
        var moves = ImmutableArray.CreateBuilder<Move>();
        foreach (var applied in events)
        {
            if (!applied.IsEffective) continue;
            switch (applied.Event.Event)
            {
                case NodeDown e:
                    Lose(e.Node, AuditCause.Death, now - (heardAgo(e.Node) ?? TimeSpan.Zero));
                    break;
                case NodeFenced e:
                    Lose(e.Node, AuditCause.Fenced, now);
                    break;
                case NodeStarted e when HasNewBoot(e):
                    Lose(e.Node, AuditCause.Reboot, now);
                    break;
                case SlotRevoked e when state.Slots.TryGetValue(e.Slot, out var slot) && slot.Owner is { } owner:
                    // What it rests on may be in the same entry: a standby, a failure.
                    _losses.TryAdd(e.Slot, new Loss(AuditTrail.CauseOfRevoking(state, slot), owner, now));
                    break;
                case ResourceStarted e:
                    End(now, state, e.Slot, moves);
                    break;
                case ClusterConfigured:
                    foreach (var gone in _losses.Keys.Where(s => !state.Slots.ContainsKey(s)).ToArray()) _losses.Remove(gone);
                    break;
            }
        }
        _before = state;
        return moves.ToImmutable();
    }

    private bool HasNewBoot(NodeStarted e) => _before.Nodes.TryGetValue(e.Node, out var node) && node.BootId.Length > 0 && node.BootId != e.BootId;

    /// <summary>A slot that was being stopped when its owner died was lost before.</summary>
    private void Lose(NodeId node, AuditCause cause, TimeSpan since)
    {
        foreach (var slot in _before.Slots.Values)
        {
            if (slot.Owner == node) _losses.TryAdd(slot.Id, new Loss(cause, node, since));
        }
    }

    private void End(TimeSpan now, ClusterState state, SlotId id, ImmutableArray<Move>.Builder moves)
    {
        if (!_losses.Remove(id, out var loss) || !state.Slots.TryGetValue(id, out var slot) || slot.Owner is not { } owner || owner == loss.From) return;
        moves.Add(new Move(id.Resource.Kind, loss.Cause, owner == id.Home, now - loss.Since));
    }
}

/// <summary>A slot runs again, on another node than before.</summary>
/// <param name="IsFailback">On its home node; else it is a takeover.</param>
/// <param name="Duration">From the newest keep-alive of an owner that died, else from the event that began it, until its start was known here.</param>
public readonly record struct Move(ResourceKind Kind, AuditCause Cause, bool IsFailback, TimeSpan Duration);
