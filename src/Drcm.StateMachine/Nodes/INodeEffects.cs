using System.Collections.Immutable;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.Guarding;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Reconciliation;
using Drcm.StateMachine.Solo;

namespace Drcm.StateMachine.Nodes;

/// <summary>What a <see cref="NodeCore"/> wants done, in the order in which it must take effect. The daemon carries it out on real sockets,
/// files and processes, a simulator on pretended ones.</summary>
public interface INodeEffects : IReconcilerEffects
{
    void Send(NodeId to, Message message);

    /// <summary>Write and flush, then <see cref="NodeCore.PromiseStored"/>; on failure <see cref="NodeCore.PromiseFailed"/>.</summary>
    void StorePromises(long writeId, PromiseTable table);

    /// <summary>Append to the log as its leader, then <see cref="NodeCore.ProposalEnded"/>, whatever came of it.</summary>
    void Propose(LogIndex expectedVersion, ImmutableArray<ReasonedEvent> events, string actor);

    /// <summary>Change the log's members, as its leader, then <see cref="NodeCore.MembersChanged"/>, whatever came of it. One at a time.</summary>
    void ChangeMembers(LogStep step);

    /// <summary>Run the fence agent, then <see cref="NodeCore.FenceEnded"/>, whatever came of it. One at a time.</summary>
    void Fence(FenceStep step);

    /// <summary>Ask arbitrator and peer, at once and together, then <see cref="NodeCore.Sampled"/>, within a tenth of D (T1).</summary>
    void Sample(long id);

    /// <summary>Make a log whose first state is <paramref name="first"/> of everything that this node's own log holds, committed or not, and whose only member is this
    /// node; flush it; then write and flush the promise file, in place of any write before it; then go on with that log. Ends with
    /// <see cref="NodeCore.GenerationBegun"/> or <see cref="NodeCore.GenerationFailed"/>. The former log is kept.</summary>
    void BeginGeneration(PromiseTable promises, Func<ClusterState, ClusterState> first);

    /// <summary>Nothing exclusive runs here any more: set the log aside, begin with an empty one in that generation, without promises, and start the daemon
    /// again (T5). What runs may run on.</summary>
    void TakeOver(Generation generation);

    /// <summary>The lease was renewed, lost or ended: what outlives the daemon must know until when it may act. Null: not at all.</summary>
    void LeaseMoved(TimeSpan? leaseEnd);

    /// <summary>Takes effect at once for the guard and for the deadline timer: what follows relies on it.</summary>
    void GiveOrder(GuardOrder order);

    /// <summary>One entry of the log has been applied.</summary>
    void Applied(LogIndex index, Term term, EventBatch batch, ImmutableArray<AppliedEvent> events);

    /// <summary>The projection jumps from <paramref name="from"/> to the state of a snapshot; the entries between were not seen here.</summary>
    void Restored(LogIndex from, ClusterState state);

    /// <summary>An operator's command came to its end.</summary>
    /// <param name="index">Where it is in the log, if it was committed.</param>
    /// <param name="text">What changed, or why not: sentences, one on each line.</param>
    void Answer(long commandId, CommandOutcome outcome, LogIndex index, string text);

    /// <summary>This configuration is in force, and this node has read the whole log: talk to its nodes at its addresses, and keep its file as
    /// the node's own, unless that has been done for this index before. Ends with <see cref="NodeCore.OwnFile"/>.</summary>
    /// <param name="file">Empty: every node keeps the one it has.</param>
    void ConfigurationInForce(LogIndex index, ClusterState state, string file);

    /// <summary>Everything this node had to give away is given away: the daemon may exit.</summary>
    void Leave();
}
