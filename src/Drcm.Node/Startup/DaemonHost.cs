using Drcm.Consensus;
using Drcm.Consensus.Transport;
using Drcm.Node.Control;
using Drcm.Node.Logging;
using Drcm.StateMachine.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Drcm.Node.Startup;

/// <summary>Reads what the daemon needs, then runs it until it is told to end.</summary>
internal static class DaemonHost
{
    /// <exception cref="StartupException">It cannot start; what an earlier run left here and only one node may have has been released.</exception>
    public static async Task<int> RunAsync(DaemonArguments arguments)
    {
        var identity = IdentityReader.Read(arguments);
        IdentityReader.PrepareRunDirectory(identity.Local);
        using var instance = new SingleInstance(identity.Local.RunDir);
        try
        {
            IdentityReader.PrepareLastingDirectories(identity.Local);
            using var spool = SpoolLock.Take(identity.Local.SpoolDir);
            return await RunAsync(identity);
        }
        catch (Exception e) when (e is StartupException or LogDamagedException or TransportUnavailableException or ControlSocketException)
        {
            using var loggers = LoggerFactory.Create(AddConsole);
            await new Leftovers(identity, loggers).ReleaseAsync();
            if (e is StartupException) throw;
            throw new StartupException(e);
        }
    }

    private static async Task<int> RunAsync(NodeIdentity identity)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        AddLogging(builder, identity.Local);
        builder.Services.AddSystemd();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        builder.Services.AddSingleton(identity);
        builder.Services.AddSingleton(s => DaemonAssembly.Assemble(identity, s.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton<Daemon>();
        builder.Services.AddHostedService(s => s.GetRequiredService<Daemon>());
        using var host = builder.Build();
        var loggers = host.Services.GetRequiredService<ILoggerFactory>();
        ReportConfiguration(identity, loggers.CreateLogger("configuration"));
        await new Leftovers(identity, loggers).SweepCrontabsAsync();
        var daemon = host.Services.GetRequiredService<Daemon>();
        await host.RunAsync();
        return daemon.ExitCode;
    }

    /// <summary>Console lines always; the file as cm.cfg says (<c>enable_logging</c>, <c>log_level</c>, <c>debug</c>).</summary>
    private static void AddLogging(HostApplicationBuilder builder, LocalSettings local)
    {
        var least = local.Debug || local.LogLevel >= 5 ? LogLevel.Debug : LogLevel.Information;
        builder.Logging.SetMinimumLevel(least);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // A failed start is told once, by Program, with its remedy.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        AddConsole(builder.Logging);
        if (!local.EnableLogging) return;
        var path = Path.Combine(local.LogDir, local.LogFileName);
        if (local.ClearLog) File.Delete(path);
        builder.Logging.AddProvider(
            new FileLoggerProvider(new RotatingFile(path, local.MaxLogSize, local.NumLogsToKeep), least, TimeProvider.System));
    }

    private static void AddConsole(ILoggingBuilder logging) => logging.AddSimpleConsole(o =>
    {
        o.SingleLine = true;
        o.IncludeScopes = false;
        o.TimestampFormat = "HH:mm:ss.fff ";
    });

    /// <summary>What the reader left out or doubted is said once, in the log; the daemon goes on.</summary>
    private static void ReportConfiguration(NodeIdentity identity, ILogger logger)
    {
        foreach (var diagnostic in identity.Config.Diagnostics)
        {
            var line = diagnostic.Render(identity.ConfigFile);
            if (diagnostic.Severity == Severity.Error) logger.LogError("{Line}", line);
            else logger.LogWarning("{Line}", line);
        }
    }
}
