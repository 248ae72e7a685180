using Drcm.Consensus;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Drcm.Node.Metrics;

/// <summary>The one place that knows the OpenTelemetry SDK: what is collected, and how it leaves.</summary>
internal static class MetricsExport
{
    /// <summary>A cluster has up to 20,000 slots.</summary>
    private const int SlotSeriesMax = 20_000;

    /// <summary>All others: nodes, peers, events, kinds of actions and their outcomes.</summary>
    private const int SeriesMax = 512;

    /// <param name="otlpEndpoint">Of a collector; empty: nothing is pushed.</param>
    public static MeterProvider Start(string otlpEndpoint)
    {
        var builder = Sdk.CreateMeterProviderBuilder()
            .AddMeter(NodeMeters.Name, LogMeter.Name)
            .AddView(i => new MetricStreamConfiguration { CardinalityLimit = NodeGauges.IsOfEachSlot(i.Name) ? SlotSeriesMax : SeriesMax })
            .AddPrometheusExporter(o =>
            {
                o.ScopeInfoEnabled = false;
                o.TargetInfoEnabled = false;
                o.ScrapeResponseCacheDurationMilliseconds = 0;
            });
        if (otlpEndpoint.Length > 0) builder.AddOtlpExporter(o => o.Endpoint = new Uri(otlpEndpoint));
        return builder.Build();
    }
}
