using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;

namespace Drcm.StateMachine.KeepAlive;

/// <summary>Who counts (O11, O12): the voters of the log, or the newer ones that this node has told to know.</summary>
public sealed partial class LeaseCore
{
    private ImmutableSortedSet<NodeId> _voters = ImmutableSortedSet<NodeId>.Empty;

    /// <summary>A spool that the log does not know by this name, or whose loss it knows, does not vote: its promises are gone.</summary>
    private bool IsVoter => _voters.Contains(_self) && !IsForeign && Newer is null && OwnState?.IsReplaced != true;

    /// <summary>What the log knows of this name belongs to another spool: this node has not been introduced yet, and what it reads may lie behind what its
    /// former self had told.</summary>
    private bool IsForeign => _identity.Length > 0 && OwnState is { Identity.Length: > 0 } own && own.Identity != _identity;

    private NodeState? OwnState => _state.Nodes.GetValueOrDefault(_self);

    /// <summary>L and D that count now.</summary>
    private TimingDefinition _timing;

    /// <summary>A node says to have applied a change of voters or times when that is on its disk, so that it goes by them or by later ones for ever.</summary>
    private LogIndex AppliedToTell
    {
        get
        {
            var told = _state.Version;
            if (!_rules.VotersStoredFirst) return told;
            if (_rules.VotersFromLog && _stored.VotersAt < _state.VotersAt) told = Before(told, _state.VotersAt);
            if (_stored.TimingAt < _state.TimingAt) told = Before(told, _state.TimingAt);
            return told;
        }
    }

    private void FollowVoters(ClusterState state)
    {
        if (_rules.VotersFromLog && state.VotersAt > _desired.VotersAt)
            _desired = _desired with { Voters = state.Voters, VotersAt = state.VotersAt };
        _voters = _rules switch
        {
            { VotersFromLog: false } => [.. _definition.Nodes.Where(n => n.IsVoter).Select(n => n.Id)],
            { VotersStoredFirst: false } => state.Voters,
            _ => state.Definition is null ? [] : _desired.Voters,
        };
    }

    private void FollowTiming(ClusterState state)
    {
        _timing = _rules.TimingInSteps ? TimingChanges.InForce(state, _definition.Timing) : _definition.Timing;
        if (state.TimingAt > _desired.TimingAt)
            _desired = _desired with { Lease = _timing.Lease, DeadAfter = _timing.DeadAfter, TimingAt = state.TimingAt };
        else if (state.TimingAt < _desired.TimingAt && _rules.VotersStoredFirst)
            _timing = _timing with { Lease = _desired.Lease, DeadAfter = _desired.DeadAfter };
    }

    private static LogIndex Before(LogIndex told, LogIndex change) => told < change ? told : new LogIndex(change.Value - 1);
}
