namespace Drcm.StateMachine.Configuration;

/// <summary>The file that <c>drcm config template</c> prints: two nodes, and a witness as a remark, every key explained.</summary>
public static class ConfigTemplate
{
    public const string Text = """
        # drcm configuration. The same file on every node: /etc/drcm/cm.cfg
        # A # begins a comment; write \# where a command needs one.
        # Check it with: drcm config check

        [CM_SERVER]
        # Ports of keep-alives (UDP) and of the replicated log (TCP), the same on all nodes.
        udpport = 53897
        tcpport = 53897
        # Read-only HTTP: status page, metrics, health, events. Each node serves it on its keep_alive_ip; http_port = 0: none.
        http_port = 53898
        ##http_bind = 127.0.0.1
        # Metrics are pushed to this OpenTelemetry collector (OTLP over gRPC) as well.
        ##otlp_endpoint = http://127.0.0.1:4317
        # 1: listen on keep_alive_ip only; 0: on all interfaces.
        bind_to_keep_alive_ip = 1

        # A node is dead after dead_node_count x keep_alive_interval_ms of silence: here 1.5 seconds.
        keep_alive_interval_ms = 100
        dead_node_count = 15
        # The rest of the time budget follows from that; drcm config check prints it.
        ##lease_ms = 1000
        ##stop_budget_ms = 477
        ##election_timeout_ms = 750
        # What ends a host on which a resource that is exclusive could not be stopped in time: off, watchdog or sysrq. Off: nobody
        # takes such a resource over before the host was fenced or rebooted. Addresses and crontabs need no such thing.
        ##self_fence = watchdog
        # The device that is fed for it. While something is held here and nobody feeds it, it resets the host after 5 seconds.
        ##watchdog = /dev/watchdog
        # Seconds that a first start waits for nodes never seen before it gives their resources away.
        initdead = 10
        # When a home node is back: auto, manual or delay=SECONDS.
        failback = auto
        # 1: each line of an installed crontab checks the lease of its node before it runs; 0: lines are installed as they are.
        cron_guard = 1

        # Seconds between two announcements of a floating address to its neighbours; 0: only when it comes to a node.
        announce_interval = 60

        run_dir = /var/run/drcm
        log_dir = /var/log/drcm
        spool_dir = /var/spool/drcm
        cluster_user = root
        cluster_group = root

        # A file name in log_dir. Old logs are kept: num_logs_to_keep of max_log_size bytes each.
        logfile = drcm.log
        num_logs_to_keep = 3
        max_log_size = 5000000
        # The history for drcm audit, audit.db in spool_dir: events go when they are older than this, or when the file holds more bytes.
        audit_days_to_keep = 400
        max_audit_size = 500000000
        enable_logging = 1
        clear_log = 0
        # Levels 0 to 5.
        log_level = 1
        debug = 0
        debug_level = 1
        verbose = 0
        verbose_level = 1

        [CM_CRONTABS]
        # nickname, template_file, install_location, resource_script
        apps, /etc/drcm/crontabs/apps, /etc/cron.d, /etc/drcm/resources/crontab.sh

        [CM_IPADDRS]
        # nickname, address, netmask, interface, resource_script
        web, 192.168.122.25, 255.255.255.0, eth0:1, /etc/drcm/resources/ipv4addr.sh

        [CM_SERVICES]
        # nickname, service_name, resource_script
        web, httpd, /etc/drcm/resources/service.sh

        [CM_APPLICATIONS]
        # nickname, user:group, start_program, stop_program
        # nickname, user:group, start_program, stop_program, ensure_script
        ##ldm, ldm:users, ldmadmin start, ldmadmin stop, ~/util/ldm_ensure.sh

        [CM_FILESYSTEMS]
        # nickname, source, target, resource_script
        data, 192.168.122.1:/data, /data, /etc/drcm/resources/nfs.sh

        [CM_OPTIONS]
        # kind:nickname, key=value, ... Times are in seconds. Addresses and crontabs are always exclusive: never on two
        # nodes at once. Say so for anything else that must not run twice.
        service:web, start_timeout=60, stop_timeout=30, monitor_timeout=20, migration_threshold=3
        ##application:ldm, exclusive=yes
        ##ip:web, failback=manual, probe=built-in
        # Runs of a crontab that were due during a takeover: none: only told; once: each line that missed runs runs once on the new owner.
        ##cron:apps, catch_up=once

        [CM_NODE]
        nodename = cmnode1
        # What uname -n prints on this node.
        hostname = vm1.example.com
        # 0: stays in the file, takes no part; its backups own its resources.
        node_is_active = 1
        # 1: left running when the daemon is stopped in an orderly way.
        keep_services = 0
        keep_filesystems = 1
        keep_applications = 0
        # Where the other nodes reach it; several addresses may be listed.
        keep_alive_ip = 192.168.122.111
        # How the other nodes switch this one off, when it is down and may still run something that is exclusive: an agent (fence_*), and its
        # options as key=value. action=reboot instead of off; delay=SECONDS gives it a head start. \# where a password has a #.
        ##fence = fence_ipmilan, ip=192.168.122.211, username=admin, password=secret, lanplus=1
        # Seconds between two looks at the resources of each kind.
        ipaddrs_check = 5
        filesystems_check = 30
        services_check = 30
        crontabs_check = 30
        applications_check = 30
        # At home here: nicknames. Taken over from others: nodename:nickname.
        node_crontabs = apps
        node_floating_ip_addrs = web
        node_services = web
        node_filesystems =
        node_backup_filesystems = cmnode2:data

        [CM_NODE]
        nodename = cmnode2
        hostname = vm2.example.com
        keep_alive_ip = 192.168.122.112
        keep_filesystems = 1
        node_filesystems = data
        node_backup_crontabs = cmnode1:apps
        node_backup_floating_ip_addrs = cmnode1:web
        node_backup_services = cmnode1:web

        # A small third machine that runs no resources. With it, two nodes still have a majority when one of them is lost.
        ##[CM_NODE]
        ##nodename = witness
        ##hostname = vm3.example.com
        ##keep_alive_ip = 192.168.122.113
        ##witness = 1

        """;
}
