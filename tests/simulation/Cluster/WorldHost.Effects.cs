using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.Guarding;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Nodes;
using Drcm.StateMachine.Reconciliation;

namespace Drcm.Simulation.Cluster;

/// <content>What the core wants done.</content>
internal sealed partial class WorldHost
{
    void INodeEffects.Send(NodeId to, Message message) => _world.Network.Send(Id, to, message);

    void INodeEffects.StorePromises(long writeId, PromiseTable table) => _disk.Write(_world.Now, writeId, table);

    void INodeEffects.Propose(LogIndex expectedVersion, ImmutableArray<ReasonedEvent> events, string actor) =>
        Log.Propose(this, expectedVersion, events, actor);

    void INodeEffects.ChangeMembers(LogStep step) => Log.Change(this, step);

    void INodeEffects.Fence(FenceStep step) => _fences.Enqueue((_world.Now + FenceTime, step));

    void INodeEffects.LeaseMoved(TimeSpan? leaseEnd) => MoveLease(leaseEnd);

    void INodeEffects.GiveOrder(GuardOrder order) => TakeOrder(order);

    void INodeEffects.Applied(LogIndex index, Term term, EventBatch batch, ImmutableArray<AppliedEvent> events)
    {
    }

    void INodeEffects.Restored(LogIndex from, ClusterState state)
    {
    }

    void INodeEffects.Answer(long commandId, CommandOutcome outcome, LogIndex index, string text) => LastAnswer = (outcome, index, text);

    void INodeEffects.ConfigurationInForce(LogIndex index, ClusterState state, string file)
    {
    }

    void INodeEffects.Leave()
    {
        _world.Say($"{Id} has left");
        if (_startsAfterLeaving is { } after) _restartAt = _world.Now + after;
        _startsAfterLeaving = null;
        End();
    }

    void IReconcilerEffects.Note(string text) => _world.Say($"{Id}: {text}");

    void IReconcilerEffects.SaveRunTable(RunTable table)
    {
        _runTable = table;
        _guard.Load(table);
    }

    void IReconcilerEffects.Run(ActionRequest request)
    {
        if (request.Kind == ActionKind.Start) CheckStart(request);
        if (request is { Kind: ActionKind.Start or ActionKind.Monitor, Resource.IsExclusive: true } && _world.Rules.Reconciler.StartsUnderLease) CheckOrder(request);
        Machine.Begin(request, Life);
    }

    void IReconcilerEffects.Kill(long actionId) => Machine.Kill(actionId, Life);

    /// <summary>O17: nothing that may acquire begins under an order that says that nothing does, or that is past its deadline.</summary>
    private void CheckOrder(ActionRequest request)
    {
        if (!_isGuarded) _world.Fail($"{Id} begins {request.Kind} of {request.Resource.Id}, and knows of no guard");
        if (Order.IsAcknowledged || Order.Deadline is not { } deadline || deadline <= Clock)
            _world.Fail($"{Id} begins {request.Kind} of {request.Resource.Id} under the order {Order}");
    }

    /// <summary>From outside: whatever starts was assigned to this node under that token, and the node holds a lease.</summary>
    private void CheckStart(ActionRequest request)
    {
        if (_stopped.Contains((request.Slot, request.Token))) _world.Fail($"{Id} starts {request.Slot} under token {request.Token}, which it has stopped");
        if (!Log.HasAssigned(request.Slot, request.Token, Id)) _world.Fail($"{Id} starts {request.Slot} under token {request.Token}, which was not given to it");
        else if (_core?.LeaseEnd is not { } end || Clock >= end) _world.Fail($"{Id} starts {request.Slot} without a lease");
    }
}
