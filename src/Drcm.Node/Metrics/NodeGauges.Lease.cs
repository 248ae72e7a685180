using Drcm.Consensus.Transport;
using Drcm.Node.Datagrams;
using Drcm.Node.Loop;

namespace Drcm.Node.Metrics;

/// <content>Leases, keep-alives, and what was turned away.</content>
internal sealed partial class NodeGauges
{
    private void AddLease()
    {
        Gauge("drcm_lease_remaining", "s", "Until this node's lease ends; 0: no lease.", f => f.Seen.LeaseRemaining.TotalSeconds);
        Gauge("drcm_lease_remaining_min", "s", "Least that was left of the lease in the last 30 to 60 s.", f => f.LeaseLow.TotalSeconds);
        Gauge("drcm_lease_length", "s", "The length of a lease, L.", f => f.Definition.Timing.Lease.TotalSeconds);
        Gauge("drcm_dead_after", "s", "The silence after which a voter gives a node up, D.", f => f.Definition.Timing.DeadAfter.TotalSeconds);
        Gauges("drcm_peer_silence", "s", "Since the newest keep-alive of a node was heard here.", f => f.Seen.Heard.Where(h => h.Key != _self).Select(h => Of(h.Value.Ago.TotalSeconds, "peer", h.Key.Value)));
        Counters("drcm_keep_alives_sent", "", "Keep-alives sent to a node.", f => f.Links.Select(l => Of(l.Sent, "peer", l.To.Value)));
        Counters("drcm_keep_alives_answered", "", "Of these, answered; the rest was lost, or is on its way.", f => f.Links.Select(l => Of(l.Answered, "peer", l.To.Value)));
        Gauges("drcm_keep_alive_round_trip", "s", "From the newest answered keep-alive to its answer.", f => f.Links.Where(l => l.Answered > 0).Select(l => Of(l.Newest.TotalSeconds, "peer", l.To.Value)));
        Gauges("drcm_keep_alive_round_trip_max", "s", "Longest such time of the last 30 to 60 s.", f => f.Links.Where(l => l.Answered > 0).Select(l => Of(l.Greatest.TotalSeconds, "peer", l.To.Value)));
        Counters("drcm_keep_alive_round_trips", "s", "All such times together; by the answers: their mean.", f => f.Links.Select(l => Of(l.Sum.TotalSeconds, "peer", l.To.Value)));
        Counters("drcm_lease_happenings", "", "What the lease protocol of this node noted, by what it was.", f =>
        [
            Of(f.Seen.Counters.Expired, "what", "expired"),
            Of(f.Seen.Counters.Lifted, "what", "expiry_lifted"),
            Of(f.Seen.Counters.RefusalsHeeded, "what", "lease_given_up"),
            Of(f.Seen.Counters.OwnPauses, "what", "own_pause"),
            Of(f.Seen.Counters.PromiseWritesFailed, "what", "promise_not_written"),
            Of(f.Seen.Counters.TwoDaemons, "what", "two_daemons"),
        ]);
    }

    private void AddTraffic(TransportCounts datagrams, UdpLink udp, TransportCounters connections)
    {
        Counters("drcm_datagrams_rejected", "", "Keep-alives turned away before they were read, by reason.", f =>
        [
            .. datagrams.Rejected().Select(r => Of(r.Count, "reason", NodeMeters.Word(r.Reason))),
            Of(datagrams.Dropped, "reason", "queue_full"),
            Of(f.Seen.Counters.Replayed, "reason", "replayed"),
            Of(f.Seen.Counters.StaleIncarnation, "reason", "stale_incarnation"),
            Of(f.Seen.Counters.Misdirected, "reason", "misdirected"),
        ]);
        Counters("drcm_datagrams_unsent", "", "Keep-alives that the kernel did not take.", _ => [Of(udp.Unsent)]);
        Counters("drcm_log_connections", "", "Connections of the log's port, by what became of them.", _ =>
        [
            Of(connections.AcceptedConnections, "outcome", "accepted"),
            Of(connections.RejectedConnections, "outcome", "rejected"),
            Of(connections.FailedConnects, "outcome", "failed"),
        ]);
    }
}
