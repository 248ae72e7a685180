using System.Collections.Immutable;
using Drcm.StateMachine.Configuration.Reading;

namespace Drcm.StateMachine.Configuration;

/// <summary>Reads cm.cfg (DESIGN 10): text in; model, positions and every finding at once out. Pure, total, bounded by
/// <see cref="CmLimits"/>: it never throws, whatever the text.</summary>
public static class CmConfigReader
{
    public static CmConfigFile Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bag = new DiagnosticBag();
        var sorted = new SectionSorter(bag);
        foreach (var section in new CmLexer(bag).Cut(text)) sorted.Take(section);
        sorted.RequireAll();

        var server = sorted.Server;
        var local = ServerReader.Local(server);
        var tcpPort = ServerReader.Port(server, "tcpport");
        ServerReader.CheckPortsDiffer(server, tcpPort, local.HttpPort);
        var failback = server.Failback(FailbackPolicy.Auto, fatal: true);
        var resources = Resources(sorted, failback, bag);
        var sections = new NodeSections(bag).Read(sorted.Nodes);
        FloatingAddressCheck.Check(sections, resources, sorted.Resources, bag);
        var definition = new ClusterDefinition
        {
            Timing = TimingReader.Read(server),
            Failback = failback,
            SelfFence = ServerReader.SelfFence(server),
            UdpPort = ServerReader.Port(server, "udpport"),
            TcpPort = tcpPort,
            ArbitrationAddresses = ArbitrationReader.Read(server, sections, resources),
            Nodes = new NodeReader(sections, resources, sorted.Resources, bag).Read(),
            Resources = resources,
        };
        CatchUpCheck.Check(resources, local, sorted.Resources, bag);
        ReleaseCheck.Check(definition, sorted.Resources, bag);
        return new CmConfigFile
        {
            Definition = bag.HasFatal ? null : definition,
            Local = local,
            Diagnostics = bag.Ordered(),
            Sources = Positions.Collect(server, sections, sorted.Resources),
        };
    }

    private static ImmutableArray<ResourceDefinition> Resources(
        SectionSorter sorted, FailbackPolicy failback, DiagnosticBag bag)
    {
        var options = new OptionRows(sorted.Resources, bag);
        foreach (var line in sorted.Options) options.Add(line);
        var built = sorted.Resources.Rows
            .Select(row => (row, ResourceFactory.Build(row, options.Of(row.Id), failback, bag))).ToImmutableArray();
        return [.. IdentityCheck.Unique(built, sorted.Resources, bag)];
    }
}
