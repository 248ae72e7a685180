using Drcm.StateMachine;
using Drcm.StateMachine.Audit;

namespace Drcm.Node.Metrics;

/// <content>The log, and what its events came to.</content>
internal sealed partial class NodeGauges
{
    private void AddLog(Func<long> leaderChanges, Func<LogIndex> audited)
    {
        Gauge("drcm_raft_term", "", "Term of the newest known leadership.", f => f.Leadership.Term);
        Gauge("drcm_raft_leader", "", "1: this node leads.", f => Bit(f.Leadership.IsSelf));
        Gauge("drcm_raft_leader_known", "", "1: this node knows who leads.", f => Bit(f.Leadership.Leader is not null));
        Counters("drcm_raft_leader_changes", "", "From one leader to another, as seen here.", _ => [Of(leaderChanges())]);
        Gauge("drcm_log_last_index", "", "Newest entry of the log of this node; 0: it keeps none.", f => f.Log.LastIndex);
        Gauge("drcm_log_commit_index", "", "Newest entry that a majority has, as far as known here; 0: no log is kept here.", f => f.Log.CommitIndex);
        Gauge("drcm_log_applied_index", "", "Newest entry in the projection of this node.", f => f.Seen.State.Version.Value);
        Gauge("drcm_log_commit_lag", "", "Entries of this node's log that are not known to be committed.", f => Math.Max(0, f.Log.LastIndex - f.Log.CommitIndex));
        Gauge("drcm_log_apply_lag", "", "Distance of the projection to what could be read.", f => Math.Max(0, f.Log.EffectiveIndex - f.Seen.State.Version.Value));
        Gauge("drcm_audit_lag", "", "Distance of the audit history of this node to its projection.", f => Math.Max(0, f.Seen.State.Version.Value - audited().Value));
        Gauges("drcm_peer_applied_index", "", "Newest entry in the projection of another node, by its newest report.", f => f.Seen.Heard
            .Where(h => h.Key != _self).Select(h => Of(h.Value.Report.Applied.Value, "peer", h.Key.Value)));
    }

    private void AddEvents(EventMeter events)
    {
        Counters("drcm_events", "", "Committed events that took effect, since this daemon's start.", _ => events.Events().Select(e => Of(e.Count, "event", e.Name)));
        Counters("drcm_takeovers", "", "Slots that a backup node has started in the place of another node, by cause, since this daemon's start.",
            _ => events.Takeovers().Select(t => Of(t.Count, "cause", t.Cause.Word())));
        Counters("drcm_failbacks", "", "Slots that their home node has started again in the place of another node, by cause, since this daemon's start.",
            _ => events.Failbacks().Select(t => Of(t.Count, "cause", t.Cause.Word())));
    }
}
