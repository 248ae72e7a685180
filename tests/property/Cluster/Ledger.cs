using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Events;

namespace Drcm.Property.Tests.Cluster;

/// <summary>A second, deliberately dumb bookkeeping of the same log: who may still run what. It believes Apply that an event took
/// effect, and objects when it should not have.</summary>
internal sealed class Ledger
{
    private readonly SortedDictionary<NodeId, Life> _nodes = [];
    private readonly SortedDictionary<SlotId, Holding> _held = [];
    private readonly SortedSet<NodeId> _voters = [];
    private LogIndex _votersAt;

    public string? Enter(LogIndex index, ClusterState before, EventBatch batch, Applied applied)
    {
        for (var i = 0; i < batch.Events.Length; i++)
        {
            if (!applied.Events[i].IsEffective) continue;
            var state = batch.Events[i].Event is ClusterConfigured ? applied.State : before;
            if (Enter(index, state, applied.State, batch.Events[i].Event) is { } objection) return objection;
        }
        return CompareWith(applied.State);
    }

    private string? Enter(LogIndex index, ClusterState before, ClusterState after, ClusterEvent @event)
    {
        switch (@event)
        {
            case NodeStarted e:
                var life = Of(e.Node);
                if (e.Incarnation <= life.Incarnation) return $"NewestIncarnationSpeaks: {e.Node} fell back to {e.Incarnation}";
                if (life.Boot.Length > 0 && life.Boot != e.BootId) Free(e.Node, _ => true);
                (life.Incarnation, life.Boot) = (e.Incarnation, e.BootId);
                return null;
            case NodeUp e:
                Of(e.Node).IsUp = true;
                Of(e.Node).Round = index;
                return null;
            case SuspicionClosed e:
                Of(e.Node).Round = index;
                return null;
            case NodeDown e: return Died(index, e);
            case NodeFenced e:
                Free(e.Node, _ => true);
                return null;
            case SlotAssigned e: return Assigned(index, after, e);
            case ResourceStopped e:
                if (WhyStale(e.Slot, e.Token, e.Incarnation) is { } stale) return stale;
                _held.Remove(e.Slot);
                return null;
            case SlotReleased e:
                if (!_held.TryGetValue(e.Slot, out var slow) || slow.Token != e.Token || !slow.IsReleasing)
                    return $"NoStartBeforeStoppedDeathOrFencing: {e.Slot} was released, and nothing had stopped it";
                _held.Remove(e.Slot);
                return null;
            case ResourceStarted e: return WhyStale(e.Slot, e.Token, e.Incarnation);
            case ResourceFailed e: return WhyStale(e.Slot, e.Token, e.Incarnation);
            case ResourceUnknown e:
                if (WhyStale(e.Slot, e.Token, e.Incarnation) is { } old) return old;
                _held[e.Slot] = _held[e.Slot] with { IsUnknown = true, IsReleasing = false };
                return null;
            case ClusterConfigured:
                if (_voters.Count > 0) return null;
                _voters.UnionWith(after.Definition!.Nodes.Where(n => n.IsVoter).Select(n => n.Id));
                _votersAt = index;
                return null;
            case VoterAdded e:
                _voters.Add(e.Node);
                return VotersChanged(index, before, e.After, e.ReportedBy);
            case VoterRemoved e:
                _voters.Remove(e.Node);
                return VotersChanged(index, before, e.After, e.ReportedBy);
            default: return null;
        }
    }

    private string? Died(LogIndex index, NodeDown e)
    {
        var life = Of(e.Node);
        var voters = _voters;
        if (e.Round != life.Round) return $"DeathInTheCurrentRound: {e.Node} died in round {e.Round} instead of {life.Round}";
        if (2 * voters.Count(v => e.ExpiredBy.Contains(v)) <= voters.Count)
            return $"DeathByMajority: {e.Node} died by {e.ExpiredBy.Length} of {voters.Count}";
        life.IsUp = false;
        life.Round = index;
        foreach (var (slot, slow) in _held.Where(h => h.Value.Owner == e.Node && h.Value.IsSlow && !h.Value.IsUnknown).ToArray())
            _held[slot] = slow with { IsUnknown = slow.IsUnbounded, IsReleasing = !slow.IsUnbounded };
        Free(e.Node, h => (!h.IsUnknown && !h.IsSlow) || h.Identity.Length == 0);
        return null;
    }

    private string? VotersChanged(LogIndex index, ClusterState before, LogIndex after, ImmutableArray<NodeId> reportedBy)
    {
        if (after != _votersAt || index == _votersAt) return $"VotersChangeOneByOne: a change after {after} while {_votersAt} is the newest";
        _votersAt = index;
        var missing = _nodes.Where(n => n.Value.IsUp && before.Nodes.ContainsKey(n.Key) && !reportedBy.Contains(n.Key)).Select(n => n.Key).ToArray();
        return missing.Length == 0 ? null : $"VoterChangeReadByAll: {string.Join(' ', missing)} did not report";
    }

    private string? Assigned(LogIndex index, ClusterState after, SlotAssigned e)
    {
        if (!Of(e.Node).IsUp) return $"OwnerAlive: {e.Slot} was given to {e.Node}, which is not up";
        if (_held.TryGetValue(e.Slot, out var holding) && !(holding.IsUnknown && holding.Identity.Length == 0))
            return $"NoStartBeforeStoppedDeathOrFencing: {e.Slot} was given to {e.Node} while {holding.Owner} may run it";
        var resource = after.Definition!.Resources.First(r => r.Id == e.Slot.Resource);
        var identity = resource.IsExclusive ? StateMachine.Configuration.PhysicalIdentity.Of(resource) : "";
        var other = _held.FirstOrDefault(h => h.Key != e.Slot && identity.Length > 0 && h.Value.Identity == identity);
        if (other.Value is not null) return $"AtMostOneOwnerPerResource: {e.Slot} and {other.Key} are {identity}";
        var isSlow = identity.Length > 0 && e.Slot.Resource.Kind is not (ResourceKind.Ip or ResourceKind.Cron);
        _held[e.Slot] = new Holding(e.Node, index, identity, false, isSlow, isSlow && after.Definition.SelfFence == SelfFence.Off);
        return null;
    }

    private string? WhyStale(SlotId slot, LogIndex token, Incarnation incarnation)
    {
        if (!_held.TryGetValue(slot, out var holding)) return $"ReportsAreExact: {slot} is held by nobody";
        if (holding.Token != token) return $"ReportsAreExact: token {token} of {slot} instead of {holding.Token}";
        return Of(holding.Owner).Incarnation == incarnation ? null : $"ReportsAreExact: incarnation {incarnation} of {holding.Owner}";
    }

    private string? CompareWith(ClusterState state)
    {
        foreach (var slot in state.Slots.Values)
        {
            var owner = _held.TryGetValue(slot.Id, out var holding) ? holding.Owner : (NodeId?)null;
            if (owner != slot.Owner) return $"OwnershipFollowsTheLog: {slot.Id} is on '{slot.Owner}', the ledger says '{owner}'";
        }
        return null;
    }

    private Life Of(NodeId node)
    {
        if (!_nodes.TryGetValue(node, out var life)) _nodes[node] = life = new Life();
        return life;
    }

    private void Free(NodeId node, Predicate<Holding> which)
    {
        foreach (var slot in _held.Where(h => h.Value.Owner == node && which(h.Value)).Select(h => h.Key).ToArray())
            _held.Remove(slot);
    }

    private sealed class Life
    {
        public bool IsUp { get; set; }

        public Incarnation Incarnation { get; set; }

        public string Boot { get; set; } = "";

        public LogIndex Round { get; set; }
    }

    private sealed record Holding(NodeId Owner, LogIndex Token, string Identity, bool IsUnknown, bool IsSlow, bool IsUnbounded)
    {
        /// <summary>Its owner died with it, and has its time to stop it.</summary>
        public bool IsReleasing { get; init; }
    }
}
