using System.Diagnostics.Metrics;
using Drcm.Consensus.Transport;
using Drcm.Node.Datagrams;
using Drcm.Node.Loop;
using Drcm.StateMachine;

namespace Drcm.Node.Metrics;

/// <summary>Everything that is read when somebody looks: names, units and help of docs/metrics.md. All instruments of one look read one <see cref="NodeFigures"/>.</summary>
internal sealed partial class NodeGauges : IDisposable
{
    private readonly Meter _meter = new(NodeMeters.Name);
    private readonly FigureSource _source;
    private readonly NodeId _self;

    /// <param name="leaderChanges">As seen since the start.</param>
    /// <param name="audited">Newest entry in the audit history.</param>
    public NodeGauges(NodeId self, FigureSource source, EventMeter events, TransportCounts datagrams, UdpLink udp, TransportCounters connections, Func<long> leaderChanges, Func<LogIndex> audited)
    {
        _self = self;
        _source = source;
        AddCluster();
        AddResources();
        AddLease();
        AddTraffic(datagrams, udp, connections);
        AddLog(leaderChanges, audited);
        AddEvents(events);
        AddProcess();
    }

    public void Dispose() => _meter.Dispose();

    private void Gauge(string name, string unit, string help, Func<NodeFigures, double> value) =>
        _meter.CreateObservableGauge(name, () => Read(f => [new Measurement<double>(value(f))]), unit, help);

    private void Gauges(string name, string unit, string help, Func<NodeFigures, IEnumerable<Measurement<double>>> values) =>
        _meter.CreateObservableGauge(name, () => Read(values), unit, help);

    private void Counters(string name, string unit, string help, Func<NodeFigures, IEnumerable<Measurement<double>>> values) =>
        _meter.CreateObservableCounter(name, () => Read(values), unit, help);

    /// <summary>Before the loop's first answer there is nothing to show.</summary>
    private IEnumerable<Measurement<double>> Read(Func<NodeFigures, IEnumerable<Measurement<double>>> values) => _source.Newest is { } figures ? values(figures) : [];

    private static Measurement<double> Of(double value, string label, string word) => new(value, new KeyValuePair<string, object?>(label, word));

    private static Measurement<double> Of(double value, params KeyValuePair<string, object?>[] labels) => new(value, labels);

    private static KeyValuePair<string, object?> Label(string name, string word) => new(name, word);

    private static double Bit(bool value) => value ? 1 : 0;
}
