"""Which cluster a scenario asks for."""

from collections.abc import Mapping

from workbench.clusters.port import Cluster
from workbench.errors import InputError
from workbench.model.scenario import Scenario

_SECURITY = ("security.", "sasl.", "ssl.", "enable.ssl.", "enable.sasl.", "https.", "broker.address.family")


def cluster_for(scenario: Scenario) -> Cluster:
    """The cluster, not yet started. Each kind's module is imported only when it is the one."""
    plan = scenario.cluster
    match plan.kind:
        case "lab":
            from workbench.clusters.lab import LabCluster

            return LabCluster(brokers=plan.brokers, config=plan.config)
        case "apache":
            from workbench.clusters.apache import ApacheCluster

            # what is done to nodes must not be done to those of `kwb apache up`, which outlive the run
            return ApacheCluster(plan.brokers, plan.config, borrow=not scenario.faults)
        case "remote":
            from workbench.clusters.remote import RemoteCluster

            if not plan.bootstrap_servers:
                raise InputError("cluster.bootstrap_servers: a remote cluster needs host:port,…")
            return RemoteCluster(plan.bootstrap_servers, security_of(scenario.producer))


def security_of(config: Mapping[str, str]) -> dict[str, str]:
    """The part of a producer config that every client of the cluster needs."""
    return {name: value for name, value in config.items() if name.startswith(_SECURITY)}
