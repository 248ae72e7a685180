using System.Collections.Immutable;
using Drcm.StateMachine.Configuration;

namespace Drcm.Cli.Configuration;

/// <summary>What <c>drcm config show --json</c> prints.</summary>
internal sealed record ShowReport(
    string File, string Digest, int Udpport, int Tcpport, string Failback, TimingReport Timing, LocalSettings Local,
    ImmutableArray<NodeReport> Nodes, ImmutableArray<ResourceReport> Resources)
{
    public static ShowReport Of(string path, ClusterDefinition definition, LocalSettings local) => new(
        path, ConfigDigest.Of(definition), definition.UdpPort, definition.TcpPort, Word(definition.Failback),
        TimingReport.Of(definition.Timing), local, [.. definition.Nodes.Select(NodeReport.Of)],
        [.. definition.Resources.Select(ResourceReport.Of)]);

    public static string Word(FailbackPolicy policy) => policy.Kind switch
    {
        FailbackKind.Auto => "auto",
        FailbackKind.Manual => "manual",
        FailbackKind.Delayed => $"delay={policy.Delay.TotalSeconds}",
    };
}

internal sealed record NodeReport(
    string Nodename, string Hostname, ImmutableArray<string> KeepAliveIp, bool Active, bool Witness, bool Voter,
    ImmutableArray<string> Home, ImmutableArray<string> Backups)
{
    public static NodeReport Of(NodeDefinition node) => new(
        node.Id.Value, node.Hostname, node.KeepAliveAddresses, node.IsActive, node.IsWitness, node.IsVoter,
        [.. node.HomeResources.Select(r => r.ToString())], [.. node.Backups.Select(s => s.ToString())]);
}

/// <param name="Identity">What it is whatever its nickname: <see cref="PhysicalIdentity"/>.</param>
internal sealed record ResourceReport(
    string Resource, string Identity, bool Exclusive, double StartTimeoutSeconds, double StopTimeoutSeconds,
    double MonitorTimeoutSeconds, int MigrationThreshold, string Failback, string Probe)
{
    public static ResourceReport Of(ResourceDefinition resource) => new(
        resource.Id.ToString(), PhysicalIdentity.Of(resource), resource.IsExclusive, resource.StartTimeout.TotalSeconds,
        resource.StopTimeout.TotalSeconds, resource.MonitorTimeout.TotalSeconds, resource.MigrationThreshold,
        ShowReport.Word(resource.Failback), resource.Probe == ProbeKind.Script ? "script" : "built-in");
}
