using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>How one kind of resource is spelt in cm.cfg: its section, the values of its rows, the keys of its lists.</summary>
internal sealed record KindLayout(
    ResourceKind Kind, string Section, string HomeKey, string BackupKey, string CheckKey, ImmutableArray<string> Fields)
{
    /// <summary>Only an application's last value, its ensure script, may be missing.</summary>
    public int FieldsMin => Kind == ResourceKind.Application ? Fields.Length - 1 : Fields.Length;

    /// <summary>In the order in which a node starts them; also the order of the canonical text.</summary>
    public static ImmutableArray<KindLayout> All { get; } =
    [
        new(ResourceKind.Ip, "CM_IPADDRS", "node_floating_ip_addrs", "node_backup_floating_ip_addrs", "ipaddrs_check",
            ["nickname", "address", "netmask", "interface", "resource_script"]),
        new(ResourceKind.Filesystem, "CM_FILESYSTEMS", "node_filesystems", "node_backup_filesystems",
            "filesystems_check", ["nickname", "source", "target", "resource_script"]),
        new(ResourceKind.Service, "CM_SERVICES", "node_services", "node_backup_services", "services_check",
            ["nickname", "service_name", "resource_script"]),
        new(ResourceKind.Cron, "CM_CRONTABS", "node_crontabs", "node_backup_crontabs", "crontabs_check",
            ["nickname", "template_file", "install_location", "resource_script"]),
        new(ResourceKind.Application, "CM_APPLICATIONS", "node_applications", "node_backup_applications",
            "applications_check", ["nickname", "user:group", "start_program", "stop_program", "ensure_script"]),
    ];

    public static KindLayout Of(ResourceKind kind) => All[(int)kind];
}
