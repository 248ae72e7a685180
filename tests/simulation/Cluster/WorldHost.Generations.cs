using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Nodes;
using Drcm.StateMachine.Solo;

namespace Drcm.Simulation.Cluster;

/// <content>Two nodes without a witness: samples, and the histories that a host goes through.</content>
internal sealed partial class WorldHost
{
    private readonly Queue<(TimeSpan At, long Id, bool Arbitrator, bool Peer)> _samples = new();
    private (TimeSpan At, PromiseTable Promises, Func<ClusterState, ClusterState> First)? _beginning;
    private Generation? _takingOver;
    private bool _hasBase;

    /// <summary>An operator has vouched for the other one in this life of the daemon (T4).</summary>
    public bool IsConfirmed { get; private set; }

    /// <summary>An operator says that the other host is switched off.</summary>
    public void ConfirmDown(NodeId peer) => Tell(core => IsConfirmed |= core.ConfirmPeerDown(Clock, peer).Length == 0);

    void INodeEffects.Sample(long id)
    {
        var peer = _world.Hosts.Values.First(h => h.Id != Id);
        var silence = _world.InForce.Timing.DeadAfter;
        _samples.Enqueue((
            Clock + (silence / 15), id, _world.Network.ReachesGateway(Id), peer.IsOn && !peer.IsFrozen && _world.Network.Reaches(Id, peer.Id)));
    }

    void INodeEffects.BeginGeneration(PromiseTable promises, Func<ClusterState, ClusterState> first) =>
        _beginning = (_world.Now + TimeSpan.FromMilliseconds(5 + _world.Random.Below(20)) + (_world.Now < _disk.SlowUntil ? _disk.Slowness : TimeSpan.Zero), promises, first);

    void INodeEffects.TakeOver(Generation generation) => _takingOver = generation;

    private void ReadSamples()
    {
        while (_core is not null && _samples.TryPeek(out var sample) && sample.At <= Clock)
        {
            _samples.Dequeue();
            _core.Sampled(Clock, sample.Id, sample.Arbitrator, sample.Peer);
        }
    }

    private void StepGenerations()
    {
        if (_takingOver is { } newer) TakeOver(newer);
        if (_core is null || _beginning is not { } beginning || _world.Now < beginning.At) return;
        _beginning = null;
        if (_disk.IsFull(_world.Now))
        {
            _core.GenerationFailed(Clock, "no space");
            return;
        }
        Begin(beginning.Promises, beginning.First);
        _hasBase = true;
        _core.GenerationBegun(Clock, Log.Base!);
        _core.LogMembersChanged(Clock, Log.MemberNames);
    }

    private void Begin(PromiseTable promises, Func<ClusterState, ClusterState> first)
    {
        if (Log.Leader == Id) Log.LoseLeader();
        Log = _world.Begin(this, promises.Generation, first);
        _disk.Forget();
        _promises = promises;
        (_compactedAt, Applied, OnDisk) = (0, 0, 0);
        _stopped.Clear();
    }

    /// <summary>The process ends before, or just after, all of it was on disk.</summary>
    private void InterruptGeneration()
    {
        _samples.Clear();
        _takingOver = null;
        if (_beginning is not { } beginning) return;
        _beginning = null;
        if (!_disk.IsFull(_world.Now) && _world.Percent() < 50) Begin(beginning.Promises, beginning.First);
    }

    /// <summary>T5: empty log, no promises, a new run of the daemon. What runs here runs on.</summary>
    private void TakeOver(Generation newer)
    {
        _world.Say($"{Id} takes over generation {newer}");
        End();
        Log = _world.LogOf(newer);
        _promises = PromiseTable.Empty with { Generation = newer };
        (_compactedAt, Applied, OnDisk) = (0, 0, 0);
        _restartAt = _world.Now + RestartDelay();
    }

    /// <summary>A generation begins with a state, which others get from its members.</summary>
    private bool ReadBase()
    {
        if (_hasBase || Log.Base is not { } first) return true;
        if (Log.Generation.Owner != Id && !Log.IsConnected(this)) return false;
        _hasBase = true;
        _core!.Restored(Clock, first);
        return true;
    }
}
