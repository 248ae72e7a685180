using System.Text;
using Drcm.StateMachine.Configuration.Reading;

namespace Drcm.StateMachine.Configuration;

public static partial class CanonicalText
{
    private static void Rows(StringBuilder text, KindLayout kind, ClusterDefinition definition)
    {
        var rows = definition.Resources.Where(r => r.Id.Kind == kind.Kind).ToList();
        if (rows.Count == 0) return;
        text.Append("\n[").Append(kind.Section).Append("]\n");
        foreach (var row in rows) Row(text, Fields(row));
    }

    private static void Options(StringBuilder text, ClusterDefinition definition)
    {
        if (definition.Resources.IsEmpty) return;
        OptionsOf(text, KindLayout.All.SelectMany(k => definition.Resources.Where(r => r.Id.Kind == k.Kind)));
    }

    private static void OptionsOf(StringBuilder text, IEnumerable<ResourceDefinition> resources)
    {
        text.Append("\n[CM_OPTIONS]\n");
        foreach (var resource in resources)
        {
            Row(text,
            [
                resource.Id.ToString(),
                $"exclusive={(resource.IsExclusive ? "yes" : "no")}",
                $"start_timeout={DurationText.Seconds(resource.StartTimeout)}",
                $"stop_timeout={DurationText.Seconds(resource.StopTimeout)}",
                $"monitor_timeout={DurationText.Seconds(resource.MonitorTimeout)}",
                $"migration_threshold={Number(resource.MigrationThreshold)}",
                $"failback={Failback(resource.Failback)}",
                $"probe={(resource.Probe == ProbeKind.Script ? "script" : "built-in")}",
                // Left out where it asks for nothing: the text, and its digest, stay as earlier releases write them.
                .. resource is CrontabDefinition { CatchUp: CatchUp.Once } ? ["catch_up=once"] : Array.Empty<string>(),
            ]);
        }
    }

    private static string[] Fields(ResourceDefinition resource) => resource switch
    {
        IpAddressDefinition ip => [ip.Id.Nickname, ip.Address, ip.Netmask, ip.Interface, ip.Script],
        FilesystemDefinition fs => [fs.Id.Nickname, fs.Source, fs.Target, fs.Script],
        ServiceDefinition service => [service.Id.Nickname, service.ServiceName, service.Script],
        CrontabDefinition cron => [cron.Id.Nickname, cron.TemplateFile, cron.InstallLocation, cron.Script],
        ApplicationDefinition { EnsureScript: "" } app =>
            [app.Id.Nickname, $"{app.User}:{app.Group}", app.StartProgram, app.StopProgram],
        ApplicationDefinition app =>
            [app.Id.Nickname, $"{app.User}:{app.Group}", app.StartProgram, app.StopProgram, app.EnsureScript],
        _ => [resource.Id.Nickname],
    };

    private static void Row(StringBuilder text, IEnumerable<string> values) =>
        text.AppendJoin(", ", values.Select(Escape)).Append('\n');
}
