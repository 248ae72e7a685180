using System.Collections.Immutable;
using System.Net;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;

namespace Drcm.Cli.Demo;

/// <summary>The cluster of one demo: real nodes, resources and backups; loopback addresses and recording scripts.</summary>
/// <param name="Remarks">What differs from the file, for the person.</param>
internal sealed record DemoPlan(ClusterDefinition Definition, string ConfigText, ImmutableArray<string> Remarks)
{
    private const string WitnessName = "witness";

    /// <summary>Nodes that run a daemon: an inactive one owns nothing and has no vote.</summary>
    public ImmutableArray<NodeDefinition> Running => [.. Definition.Nodes.Where(node => node.IsActive)];

    /// <exception cref="DemoFailure">The file cannot make a cluster.</exception>
    public static DemoPlan Of(DemoOptions options, DemoDirectory directory)
    {
        var remarks = ImmutableArray.CreateBuilder<string>();
        var text = options.ConfigFile is { } file ? ReadText(file) : DefaultCluster.Render(options.Nodes);
        var read = CmConfigReader.Read(text);
        if (read.Definition is not { } definition) throw Unusable(options.ConfigFile ?? "cm.cfg", read);
        if (options.ConfigFile is not null)
        {
            var errors = read.Diagnostics.Count(diagnostic => diagnostic.Severity == Severity.Error);
            if (errors > 0) remarks.Add($"{options.ConfigFile} has {errors} errors: what they concern is left out (drcm config check shows them)");
        }
        if (definition.Nodes.Length > DemoOptions.NodesMax)
        {
            throw new DemoFailure($"{options.ConfigFile} has {definition.Nodes.Length} nodes; the demo runs at most {DemoOptions.NodesMax} on one machine");
        }
        if (!text.Contains("keep_alive_interval_ms", StringComparison.Ordinal))
        {
            if (options.ConfigFile is not null) remarks.Add("timing of the demo: 15 keep-alives of 100 ms, because the file names no keep_alive_interval_ms");
            definition = definition with { Timing = DemoTiming() };
        }
        if (definition.Nodes.Count(node => node.IsActive) == 2)
        {
            definition = definition with { Nodes = definition.Nodes.Add(Witness(definition.Nodes[0])) };
            remarks.Add("two nodes have no majority without each other: a witness that runs no resources is added");
        }
        definition = Loopback(definition);
        definition = definition with { Resources = [.. definition.Resources.Select(resource => Recording.Of(resource, directory))] };
        return new DemoPlan(definition, CanonicalText.Render(definition, Local(read.Local, directory)), remarks.ToImmutable());
    }

    private static TimingDefinition DemoTiming() =>
        CmConfigReader.Read(DefaultCluster.Render(DemoOptions.NodesMin)).Definition?.Timing
        ?? throw new DemoFailure("the built-in configuration cannot be read; this is a fault of drcm");

    private static NodeDefinition Witness(NodeDefinition like) => like with
    {
        Id = new NodeId(WitnessName),
        Hostname = WitnessName,
        IsActive = true,
        IsWitness = true,
        IsVoter = true,
        HomeResources = [],
        Backups = [],
    };

    /// <summary>Every daemon of the demo votes, so that each of them can be the survivor.</summary>
    private static ClusterDefinition Loopback(ClusterDefinition definition)
    {
        var network = LoopbackNetwork.Find(definition.Nodes.Length);
        return definition with
        {
            UdpPort = network.Port,
            TcpPort = network.Port,
            Nodes =
            [
                .. definition.Nodes.Select((node, index) => node with
                {
                    KeepAliveAddresses = [network.Addresses[index]],
                    IsVoter = node.IsActive,
                }),
            ],
        };
    }

    private static LocalSettings Local(LocalSettings local, DemoDirectory directory) => local with
    {
        RunDir = directory.Path,
        LogDir = directory.Path,
        SpoolDir = directory.Path,
        ClusterUser = Account.User,
        ClusterGroup = Account.Group,
        BindToKeepAliveIp = true,
        LogFileName = DemoDirectory.LogName,
        EnableLogging = true,
        HttpPort = 0,
        HttpBind = "",
        Verbose = false,
        Debug = false,
    };

    private static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DemoFailure($"{file} cannot be read: {e.Message}; name a readable cm.cfg");
        }
    }

    private static DemoFailure Unusable(string file, CmConfigFile read) => new(
        $"{file} cannot make a cluster:\n"
        + string.Join('\n', read.Diagnostics.Where(d => d.Severity == Severity.Error).Select(d => "  " + d.Render(file))));
}
