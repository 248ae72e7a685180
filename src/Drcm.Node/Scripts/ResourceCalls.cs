using System.Collections.Immutable;
using Drcm.StateMachine.Configuration;

namespace Drcm.Node.Scripts;

/// <summary>The documented script arguments of the five kinds (DESIGN 9).</summary>
internal static class ResourceCalls
{
    /// <summary>The run that carries out <paramref name="action"/>; null if this kind, or this row, has none:
    /// <c>watch</c> of ip and cron, <c>status</c> of an application, <c>watch</c> without an ensure_script.</summary>
    internal static ScriptCall? For(ResourceDefinition resource, ScriptAction action, ScriptContext context) => resource switch
    {
        CrontabDefinition cron when action != ScriptAction.Watch =>
            Script(cron, action, context, cron.Script, cron.TemplateFile, cron.InstallLocation, action.Word()),
        IpAddressDefinition ip when action != ScriptAction.Watch =>
            Script(ip, action, context, ip.Script, ip.Address, ip.Netmask, WithoutQuotes(ip.Interface), action.Word()),
        ServiceDefinition service =>
            Script(service, action, context, service.Script, service.ServiceName, action.Word()),
        FilesystemDefinition filesystem =>
            Script(filesystem, action, context, filesystem.Script, filesystem.Source, filesystem.Target, MountWord(action)),
        ApplicationDefinition application => Application(application, action, context),
        _ => null,
    };

    internal static string WithoutQuotes(string value) => value.Trim().Trim('\'', '"').Trim();

    private static ScriptCall Script(
        ResourceDefinition resource, ScriptAction action, ScriptContext context, string script, params ReadOnlySpan<string> arguments)
    {
        var isGood = ShellWords.TrySplit(script, out var words, out var problem);
        return new ScriptCall
        {
            Resource = resource.Id,
            Action = action,
            Context = context,
            Words = isGood ? [.. words, .. arguments] : [],
            Timeout = Timeout(resource, action),
            Problem = isGood && words.IsEmpty ? "resource_script is empty; name one in cm.cfg" : problem,
        };
    }

    private static ScriptCall? Application(ApplicationDefinition application, ScriptAction action, ScriptContext context)
    {
        var text = action switch
        {
            ScriptAction.Start => application.StartProgram,
            ScriptAction.Stop => application.StopProgram,
            ScriptAction.Watch => application.EnsureScript,
            ScriptAction.Status or ScriptAction.CatchUp => "",
        };
        if (text.Length == 0) return null;
        return new ScriptCall
        {
            Resource = application.Id,
            Action = action,
            Context = context,
            Words = [text],
            RunAs = new RunAs(application.User, application.Group),
            Timeout = Timeout(application, action),
        };
    }

    private static string MountWord(ScriptAction action) => action switch
    {
        ScriptAction.Start => "mount",
        ScriptAction.Stop => "unmount",
        ScriptAction.Watch => "watch",
        ScriptAction.Status or ScriptAction.CatchUp => action.Word(),
    };

    private static TimeSpan Timeout(ResourceDefinition resource, ScriptAction action) => action switch
    {
        ScriptAction.Start => resource.StartTimeout,
        ScriptAction.Stop => resource.StopTimeout,
        ScriptAction.Watch or ScriptAction.Status or ScriptAction.CatchUp => resource.MonitorTimeout,
    };
}
