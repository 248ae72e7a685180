using System.Net;
using Drcm.Consensus;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Membership;
using Drcm.Consensus.Transport;
using Drcm.Node.Actions;
using Drcm.Node.Addresses;
using Drcm.Node.Announcements;
using Drcm.Node.Audit;
using Drcm.Node.Commands;
using Drcm.Node.Control;
using Drcm.Node.Crontabs;
using Drcm.Node.Datagrams;
using Drcm.Node.Fencing;
using Drcm.Node.Gate;
using Drcm.Node.Guarding;
using Drcm.Node.Http;
using Drcm.Node.Keys;
using Drcm.Node.Loop;
using Drcm.Node.Metrics;
using Drcm.Node.Observation;
using Drcm.Node.Probes;
using Drcm.Node.Scripts;
using Drcm.Node.Storage;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Nodes;
using Microsoft.Extensions.Logging;

namespace Drcm.Node.Startup;

/// <summary>Puts the parts of a daemon together: the one place that knows them all.</summary>
internal static class DaemonAssembly
{
    /// <exception cref="StartupException">A port, a file or the spool cannot be used.</exception>
    public static DaemonParts Assemble(NodeIdentity identity, ILoggerFactory loggers)
    {
        var local = identity.Local;
        var runTable = new RunTableFile(local.RunDir, identity.BootId);
        var lease = new LeaseFile(local.RunDir, identity.BootId);
        var isSameBoot = runTable.IsSameBoot;
        var adopted = runTable.Read();
        runTable.Write(adopted);
        var spool = SpoolOpening.Open(identity, TimeProvider.System);
        var ring = new KeyRing(OpenKeys(identity));
        _ = Task.Run(() => TlsWarming.RunAsync(ring.Transport, CancellationToken.None));
        var log = OpenLog(identity, ring.Transport, loggers.CreateLogger("log"));
        var history = new EventHistory();
        var meter = new EventMeter();
        var leaseLow = new LeaseLow();
        var udp = new UdpLink(OwnEndPoints(identity));
        var addresses = new PeerAddresses(identity.Id, identity.Definition, known =>
        {
            udp.SetPeers(known.ToDictionary(k => k.Key, k => k.Value.KeepAlive));
            log.SetPeers(known.ToDictionary(k => k.Key.Value, k => k.Value.Log));
        });
        var groups = new StartedGroups(local.RunDir, isSameBoot);
        var guard = new GuardLink(local.RunDir, identity.BootId, identity.Id, groups, adopted, identity.Definition, local.WatchdogDevice);
        var holder = new AddressHolder(new NeighbourProbe());
        var floating = Floating(identity, holder, loggers);
        var logs = new ResourceLogs(local, TimeProvider.System);
        var actions = Actions(identity, groups, holder, logs, loggers);
        actions.TakeRemoval = floating.TakeRemoval;
        var compaction = new LogCompaction(log, history, new CompactionOptions(), loggers.CreateLogger<LogCompaction>());
        var loop = new NodeLoop(
            new NodeLoopParts
            {
                Options = new NodeCoreOptions
                {
                    Self = identity.Id,
                    Incarnation = spool.Incarnation,
                    BootId = identity.BootId,
                    Identity = spool.Identity,
                    Definition = identity.Definition,
                    ConfigDigest = ConfigDigest.Of(identity.Definition),
                    Promises = spool.Promises,
                    Adopted = adopted,
                    InheritedLeaseEnd = lease.Inherited,
                    IsGuarded = false,
                },
                Codec = ring.Codec,
                Udp = udp,
                Peers = log.Peers,
                Log = log,
                LogTrouble = () => log.Trouble,
                Promises = spool.PromiseFile,
                RunTable = runTable,
                Configuration = new ConfigurationKeeper(identity.ConfigFile, local.SpoolDir, loggers.CreateLogger<ConfigurationKeeper>()),
                Addresses = addresses,
                Lease = lease,
                Guard = guard,
                Actions = actions,
                Crontabs = new CrontabObserver(local.RunDir, local.GuardsCrontabs, TimeProvider.System),
                CatchUp = new CatchUpRunner(local.RunDir, identity.BootId, identity.Id, new ScriptRunner(), groups, logs),
                FloatingAddresses = floating,
                Fencing = new FenceAgents(identity.Id, new ScriptRunner()),
                Compaction = compaction,
                History = history,
                Meter = meter,
                LeaseLow = leaseLow,
                WallClock = TimeProvider.System,
            },
            loggers.CreateLogger<NodeLoop>());
        floating.Disturbed = loop.Disturbed;
        floating.Start(identity.Definition, adopted, lease.Inherited, local.AnnounceInterval);
        var desk = new CommandDesk(identity.Id.Value, log, log.Requests, loop);
        var rotator = new KeyRotator(identity.Id, ring, loop, log, log.Requests, loggers.CreateLogger<KeyRotator>());
        var watch = new GuardWatch(guard, loop.ChangeGuard, loggers.CreateLogger<GuardWatch>());
        var audit = new AuditKeeper(
            log,
            new AuditOptions(Path.Combine(local.SpoolDir, AuditDatabase.FileName), TimeSpan.FromDays(local.AuditDaysToKeep), local.MaxAuditSize),
            TimeProvider.System,
            loggers.CreateLogger<AuditKeeper>());
        logs.Ended = audit.Ran;
        compaction.BeforeCompaction = audit.ReachAsync;
        var source = new ControlSource(identity, loop, history, log, udp, desk, ring, rotator, () => Protection(watch, guard, floating, local), audit);
        var control = new ControlServer(
            new ControlOptions(Path.Combine(local.RunDir, ControlProtocol.SocketName), local.ClusterGroup),
            source,
            loggers.CreateLogger<ControlServer>());
        var figures = new FigureSource(identity, loop, log, leaseLow, () => Protection(watch, guard, floating, local));
        var http = new HttpServer(
            HttpOptions.Of(identity),
            source,
            () => new NodeGauges(identity.Id, figures, meter, loop.Counts, udp, log.Counters, () => loop.LeaderChanges, () => audit.Applied),
            figures.RefreshAsync,
            loggers);
        return new DaemonParts(identity, log, log.Peers, udp, loop, control, rotator, guard, watch, floating, audit, http);
    }

    private static ProtectionFacts Protection(GuardWatch watch, GuardLink guard, FloatingAddresses floating, LocalSettings local)
    {
        var standing = watch.Standing;
        return new ProtectionFacts
        {
            GuardProblem = standing.Problem,
            GuardRemedy = standing.Remedy,
            GateProblem = floating.GateProblem,
            GuardsCrontabs = local.GuardsCrontabs,
            FenceProblem = guard.FenceProblem,
        };
    }

    private static AuthKeyStore OpenKeys(NodeIdentity identity)
    {
        try
        {
            return new AuthKeyStore(identity.ConfigFile, identity.AuthKey);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"cannot read the keys of a rotation: {e.Message}", "give them to the account that runs drcmd", e);
        }
    }

    private static FloatingAddresses Floating(NodeIdentity identity, AddressHolder holder, ILoggerFactory loggers)
    {
        var announcer = new AddressAnnouncer(TimeProvider.System);
        return new FloatingAddresses(
            identity.Id,
            holder,
            new KernelGate(GateText.TableName(identity.Id.Value, identity.Local.RunDir), loggers.CreateLogger<KernelGate>()),
            announcer,
            new ClaimWatch(announcer.AnnounceOnce, loggers.CreateLogger<ClaimWatch>()),
            removed => new AddressKeeper(holder, removed, loggers.CreateLogger<AddressKeeper>()));
    }

    public static ActionExecutor Actions(NodeIdentity identity, StartedGroups groups, AddressHolder addresses, ResourceLogs logs, ILoggerFactory loggers)
    {
        var runner = new ScriptRunner();
        var crontabs = new CrontabPlace(identity.Local.RunDir, identity.Local.GuardsCrontabs, TimeProvider.System);
        return new ActionExecutor(
            identity.Id,
            runner,
            new ResourceProbe(runner, crontabs),
            crontabs,
            addresses,
            new AddressAnnouncer(TimeProvider.System),
            groups,
            logs,
            loggers.CreateLogger<ActionExecutor>());
    }

    /// <summary>cm.cfg says with whom a new cluster begins; once there is a log, that says who its members are.</summary>
    private static ClusterLog OpenLog(NodeIdentity identity, TransportKeys keys, ILogger logger)
    {
        var definition = identity.Definition;
        var nodes = definition.Nodes.ToDictionary(n => n.Id.Value, n => NodeAddresses.Of(n, definition).Log);
        return new ClusterLog(
            new ClusterLogOptions
            {
                Self = identity.Id.Value,
                Nodes = nodes,
                Voters = definition.Nodes.Where(n => n.IsVoter).ToDictionary(n => n.Id.Value, n => nodes[n.Id.Value]),
                Keys = keys,
                Directory = identity.Local.SpoolDir,
                Digest = ConfigDigest.Of(definition),
                Times = ElectionTimes.Within(definition.Timing.ElectionTimeout),
            },
            logger);
    }

    private static IReadOnlyList<IPEndPoint> OwnEndPoints(NodeIdentity identity)
    {
        var addresses = identity.Self.KeepAliveAddresses;
        if (identity.Local.BindToKeepAliveIp) return [.. addresses.Select(a => EndPoint(a, identity.Definition.UdpPort))];
        var any = IPAddress.Parse(addresses[0]).AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
        return [new IPEndPoint(any, identity.Definition.UdpPort)];
    }

    private static IPEndPoint EndPoint(string address, int port) => new(IPAddress.Parse(address), port);
}
