import type { Host } from "../../emulator/model/context.ts";
import type { Storage, Table } from "../../emulator/storage/storage.ts";
import { invalidParameter, repositoryExists, repositoryNotFound } from "./errors.ts";
import type { Repository } from "./model.ts";

export interface RepositoryReference {
  readonly repositoryName: string;
  readonly registryId?: string;
}

/** The repositories of one account's registry in a region. */
export class EcrStore {
  readonly #account: string;
  readonly #scope: readonly [account: string, region: string];
  readonly #storage: Storage;
  readonly #repositories: Table<Repository>;

  constructor(host: Host, { account, region }: { account: string; region: string }) {
    this.#account = account;
    this.#scope = [account, region];
    this.#storage = host.storage;
    this.#repositories = host.storage.table("ecr/repositories");
  }

  /** A registry of another account has nothing that this one may see. @throws RepositoryNotFoundException */
  repository({ repositoryName: name, registryId = this.#account }: RepositoryReference): Repository {
    const repository = registryId === this.#account ? this.#repositories.get([...this.#scope, name]) : undefined;
    if (!repository) throw repositoryNotFound(name, registryId);
    return repository;
  }

  /** @throws InvalidParameterException, RepositoryNotFoundException */
  repositoryByArn(arn: string): Repository {
    const [, account, name] = /^arn:[\w-]+:ecr:[\w-]+:(\d{12}):repository\/(.+)$/.exec(arn) ?? [];
    if (account === undefined || name === undefined) throw invalidParameter("resourceArn", "Invalid ARN");
    return this.repository({ repositoryName: name, registryId: account });
  }

  /** By name. */
  repositories(): Repository[] {
    return [...this.#repositories.under(this.#scope)].map(({ value }) => value);
  }

  add(repository: Repository): void {
    this.#storage.write(() => {
      const key = [...this.#scope, repository.name];
      if (this.#repositories.has(key)) throw repositoryExists(repository.name, this.#account);
      this.#repositories.put(key, repository);
    });
  }

  put(repository: Repository): void {
    this.#repositories.put([...this.#scope, repository.name], repository);
  }

  remove(name: string): void {
    this.#repositories.remove([...this.#scope, name]);
  }
}
