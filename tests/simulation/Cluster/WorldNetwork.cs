using Drcm.StateMachine;
using Drcm.StateMachine.KeepAlive;

namespace Drcm.Simulation.Cluster;

/// <summary>Datagrams between the hosts: cut in each direction by itself, lost, doubled, late, out of order.</summary>
internal sealed class WorldNetwork(World world)
{
    private readonly Dictionary<(NodeId From, NodeId To), TimeSpan> _cuts = [];
    private readonly PriorityQueue<(NodeId To, Message Message), (TimeSpan At, long Order)> _wire = new();
    private readonly Dictionary<NodeId, (TimeSpan Out, TimeSpan In)> _service = [];
    private readonly Dictionary<NodeId, TimeSpan> _probesUntil = [];
    private TimeSpan _gatewayUntil;
    private TimeSpan _mutedUntil;
    private long _order;

    /// <summary>In percent.</summary>
    public int Loss { get; set; }

    /// <summary>Of every datagram, in milliseconds, beside the few of a calm network.</summary>
    public int DelayMax { get; set; }

    public void Send(NodeId from, NodeId to, Message message)
    {
        if (IsCut(from, to) || world.Now < _mutedUntil || world.Percent() < Loss) return;
        var copies = world.Percent() < 3 ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            var delay = world.Percent() < 95 ? world.Random.Below(3) : world.Random.Below(60);
            if (DelayMax > 0) delay += world.Random.Below(DelayMax);
            _wire.Enqueue((to, message), (world.Now + TimeSpan.FromMilliseconds(1 + delay), _order++));
        }
    }

    /// <summary>Of a pair there are two ways: the cable between them, which the cuts are of, and the service network with the gateway.</summary>
    public bool IsCut(NodeId from, NodeId to) => IsCableCut(from, to) && !(world.IsPair && HasServiceOut(from) && HasServiceIn(to));

    /// <summary>There and back.</summary>
    public bool ReachesGateway(NodeId node) => world.Now >= _gatewayUntil && HasServiceOut(node) && HasServiceIn(node) && Passes() && Passes();

    /// <summary>There and back, by either way.</summary>
    public bool Reaches(NodeId node, NodeId other) => world.Now >= _probesUntil.GetValueOrDefault(other) && !IsCut(node, other) && !IsCut(other, node) && Passes() && Passes();

    public void CutService(NodeId node, TimeSpan duration, bool isOut, bool isIn)
    {
        var (outUntil, inUntil) = _service.GetValueOrDefault(node);
        _service[node] = (isOut ? world.Now + duration : outUntil, isIn ? world.Now + duration : inUntil);
    }

    /// <summary>A packet filter eats every datagram; all else passes.</summary>
    public void Mute(TimeSpan duration) => _mutedUntil = world.Now + duration;

    /// <summary>A packet filter of the node eats probes.</summary>
    public void RefuseProbes(NodeId node, TimeSpan duration) => _probesUntil[node] = world.Now + duration;

    public void StopGateway(TimeSpan duration) => _gatewayUntil = world.Now + duration;

    public void Cut(NodeId from, NodeId to, TimeSpan duration) => _cuts[(from, to)] = world.Now + duration;

    public void Heal()
    {
        _cuts.Clear();
        _service.Clear();
        _probesUntil.Clear();
        _gatewayUntil = _mutedUntil = TimeSpan.Zero;
        Loss = 0;
        DelayMax = 0;
    }

    private bool IsCableCut(NodeId from, NodeId to) => _cuts.Count > 0 && _cuts.TryGetValue((from, to), out var until) && world.Now < until;

    private bool HasServiceOut(NodeId node) => world.Now >= _service.GetValueOrDefault(node).Out;

    private bool HasServiceIn(NodeId node) => world.Now >= _service.GetValueOrDefault(node).In;

    private bool Passes() => Loss == 0 || world.Percent() >= Loss;

    public void Deliver()
    {
        while (_wire.TryPeek(out _, out var due) && due.At <= world.Now)
        {
            var (to, message) = _wire.Dequeue();
            world.Hosts[to].Receive(message);
        }
    }
}
